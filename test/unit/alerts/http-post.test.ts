import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { httpPost } from '../../../src/alerts/http-post.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const post = (url: string) => httpPost({ url, body: '{}', timeout_ms: 5_000, now_ms: 0 }, new AbortController().signal)

test('a redirect is followed nowhere, to no other host and no other scheme', async () => {
  const reached: string[] = []
  const other = await receiver((request, response) => {
    reached.push(request.url!)
    response.end()
  })
  for (const location of [other, 'file:///etc/passwd', 'data:text/plain,x', 'gopher://127.0.0.1/', '//evil.example/'])
    for (const status of [301, 302, 307, 308]) {
      const url = await receiver((_, response) => response.writeHead(status, { location }).end())
      expect(await post(url)).toMatchObject({ ok: false, retry: false, error: `the receiver answered ${status}` })
    }
  expect(reached).toEqual([])
})

test('an error names neither the address, which may be a secret, nor control characters of the answer', async () => {
  const url = await receiver((_, response) => response.writeHead(400).end('no\u001b[31m\u0007 way'))
  const { error } = (await post(url)) as { error: string }
  expect(error).toContain('no')
  expect(error).not.toMatch(/[\u0000-\u001f]|127\.0\.0\.1/)
})
