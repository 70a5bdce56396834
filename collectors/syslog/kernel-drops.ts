/**
 * Datagrams that never reached this process because its socket's buffer was full: the kernel counts them per socket
 * (proc(5), /proc/net/udp, last column). Linux only; elsewhere nobody can say.
 */
import { readFile } from 'node:fs/promises'

/** Since the socket was opened; 0 where it is not known. */
export async function kernelDrops(port: number, host: string): Promise<number> {
  const table = await readFile(host.includes(':') ? '/proc/net/udp6' : '/proc/net/udp', 'latin1').catch(() => '')
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  let drops = 0
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    if (fields[1]?.endsWith(local) === true) drops += Number(fields.at(-1)) || 0
  }
  return drops
}
