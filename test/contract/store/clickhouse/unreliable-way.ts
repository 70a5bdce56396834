/** A way to the engine that goes wrong on purpose: answers that get lost behind the server's back, a server that says it cannot now. */
import { request as ask, createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Fault =
  /** The server does it and nobody hears of it. */
  | 'answer lost'
  /** The server does not get it. */
  | 'request lost'
  /** The server's disk is full (NOT_ENOUGH_SPACE). */
  | 'no space'

export interface UnreliableWay {
  port: number
  /** What happens to the n-th insert from now on, counted from 0; undefined: nothing. */
  decide(fault: (n: number) => Fault | undefined): void
  close(): Promise<void>
}

export async function openWay(to: () => number): Promise<UnreliableWay> {
  let decide: (n: number) => Fault | undefined = () => undefined
  let n = 0
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const fault = body.subarray(0, 11).toString() === 'INSERT INTO' ? decide(n++) : undefined
      if (fault === 'request lost') return void request.socket.destroy()
      if (fault === 'no space') {
        response.writeHead(500, { 'X-ClickHouse-Exception-Code': '243' })
        return void response.end(
          'Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)\n',
        )
      }
      const { method, url, headers } = request
      const forwarded = ask({ host: '127.0.0.1', port: to(), method, path: url, headers }, (answer) => {
        if (fault === 'answer lost') {
          answer.resume().on('end', () => request.socket.destroy())
          return
        }
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
      })
      forwarded.on('error', () => request.socket.destroy())
      forwarded.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    decide(fault) {
      decide = fault
      n = 0
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
