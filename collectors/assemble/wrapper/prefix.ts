/**
 * Prefixes that tools put in front of lines to say whose they are: `docker compose logs`, `kubectl logs --prefix`, PM2, stern,
 * foreman. They carry no time of their own.
 */
import type { Peel } from '../peeled-line.ts'

/** `web-1  | message`, padded to two blanks at least or numbered, so that a table is not taken for it; https://docs.docker.com/reference/cli/docker/compose/logs/ */
const COMPOSE = /^([A-Za-z][\w.-]{0,100})(?: {2,40}|(?<=[-_.]\d{1,4}) )\| ?/
/** `0|orders  | message`, with `--timestamp` a stamp between; https://pm2.keymetrics.io/docs/usage/log-management/ */
const PM2 = /^(\d{1,4})\|([^|\s]{1,100}) {0,40}\| ?/
/** `[pod/orders-7d/container] message` */
const KUBECTL = /^\[pod\/([\w.-]{1,253})\/([\w.-]{1,253})\] ?/
/** `09:12:01 web.1   | message` (foreman, overmind) */
const FOREMAN = /^\d\d:\d\d:\d\d ([A-Za-z][\w-]{0,60})\.\d{1,4} {1,40}\| ?/

export const peelCompose: Peel = (line) => {
  const head = COMPOSE.exec(line) ?? FOREMAN.exec(line)
  if (head === null) return null
  return {
    text: line.slice(head[0].length),
    envelope: { wrapper: 'compose', service: head[1]!.replace(/[-_]\d{1,4}$/, '') },
    partial: false,
    origin: head[1]!,
  }
}

export const peelPm2: Peel = (line) => {
  const head = PM2.exec(line)
  if (head === null) return null
  return {
    text: line.slice(head[0].length),
    envelope: { wrapper: 'pm2', service: head[2]! },
    partial: false,
    origin: `${head[1]}|${head[2]}`,
  }
}

export const peelKubectl: Peel = (line) => {
  const head = KUBECTL.exec(line)
  if (head === null) return null
  return {
    text: line.slice(head[0].length),
    envelope: { wrapper: 'kubectl', host: head[1]!, service: head[2]! },
    partial: false,
    origin: `${head[1]}/${head[2]}`,
  }
}
