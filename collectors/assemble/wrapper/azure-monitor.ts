/**
 * What Azure Monitor puts around the lines of containers and applications when it hands them to a storage account or an event hub:
 * AKS's control plane (`kube-audit`, `kube-apiserver`, …), Container Apps, App Service, and ContainerLogV2 of Container Insights.
 * https://learn.microsoft.com/azure/aks/monitor-aks-reference#resource-logs ;
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerlogv2 ;
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerappconsolelogs ;
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/appserviceconsolelogs
 */
import type { Envelope } from '../../../src/core/log-record.ts'
import { parseIso } from '../../decode/stamp.ts'
import type { Peel } from '../peeled-line.ts'
import { entryOf, type JsonEntry, objectOf } from './json-entry.ts'

const OF_MONITOR =
  /"(?:category|Category|Type)": ?"(?:kube-[a-z-]{4,30}|guard|cloud-controller-manager|cluster-autoscaler|ContainerAppConsoleLogs(?:_CL)?|AppServiceConsoleLogs|ContainerLogV2)"/
/** Where the line stands in each of them. */
const LINES = ['log', 'Log', 'LogMessage', 'Log_s', 'resultDescription', 'ResultDescription', 'message']

/** A cheap look. */
export function isOfAzureMonitor(line: string): boolean {
  return OF_MONITOR.test(line)
}

export const peelAzureMonitor: Peel = (line, { zone }) => {
  if (!isOfAzureMonitor(line)) return null
  const entry = entryOf(line)
  if (entry === null) return null
  const inside: JsonEntry = { ...entry, ...objectOf(entry.properties) }
  const said = LINES.map((name) => inside[name]).find((value) => value !== undefined && value !== null)
  if (said === undefined) return null
  const text = typeof said === 'string' ? said.replace(/\r?\n$/, '') : JSON.stringify(said)
  const envelope: Envelope = { wrapper: 'azure-monitor' }
  const stated = [entry.time, entry.TimeGenerated].find((value) => typeof value === 'string') as string | undefined
  const stamp = stated === undefined ? null : parseIso(stated, zone)
  if (stamp !== null) {
    envelope.logged_writer_ms = stamp.ms
    envelope.logged_resolution_ms = stamp.resolution
  }
  const first = (...names: string[]) =>
    names.map((name) => inside[name]).find((value) => typeof value === 'string' && value !== '') as string | undefined
  const service = first('ContainerName', 'ContainerAppName', 'containerName')
  const host = first('PodName', 'pod', 'ContainerGroupName', 'Host', 'Computer')
  if (service !== undefined) envelope.service = service
  if (host !== undefined) envelope.host = host
  return { text, envelope, partial: false, origin: host ?? '' }
}
