/**
 * Kubernetes' container log format: `2026-11-16T09:12:01.123456789Z stdout F message`; `P` marks a part of a longer line.
 * https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
import { parseIso } from '../../decode/stamp.ts'
import type { Peel } from '../peeled-line.ts'

const LINE =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP])(?::[\w:]{1,40})?(?: |$)/

export const peelCri: Peel = (line, { zone }) => {
  const head = LINE.exec(line)
  if (head === null) return null
  const stamp = parseIso(head[1]!, zone)
  return {
    text: line.slice(head[0].length),
    envelope: {
      wrapper: 'cri',
      ...(stamp === null ? {} : { logged_writer_ms: stamp.ms, logged_resolution_ms: stamp.resolution }),
    },
    partial: head[3] === 'P',
    origin: head[2]!,
  }
}
