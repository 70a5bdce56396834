/**
 * Which container wrote a log file, from where the runtime puts it:
 *   /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log                  (kubelet; rotated: 0.log.20261116-091201[.gz])
 *   /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log               (the kubelet's links)
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/helpers.go (BuildPodLogsDirectory)
 * Docker's own paths hold nothing but an id.
 */

export interface ContainerOrigin {
  namespace: string
  pod: string
  container: string
}

const POD_FOLDER =
  /\/pods\/(?<namespace>[a-z0-9-]{1,63})_(?<pod>[a-z0-9.-]{1,253})_[0-9a-f-]{8,64}\/(?<container>[a-z0-9-]{1,63})\/\d{1,6}\.log[^/]{0,40}$/
const LINK =
  /\/containers\/(?<pod>[a-z0-9.-]{1,253})_(?<namespace>[a-z0-9-]{1,63})_(?<container>[a-z0-9-]{1,63})-[0-9a-f]{64}\.log$/

/** Null for any other file. */
export function containerOf(path: string): ContainerOrigin | null {
  const groups = (POD_FOLDER.exec(path) ?? LINK.exec(path))?.groups
  return groups === undefined ? null : { namespace: groups.namespace!, pod: groups.pod!, container: groups.container! }
}
