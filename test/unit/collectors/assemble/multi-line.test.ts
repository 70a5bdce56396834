/** What belongs together becomes one record, and only that. Traces were printed by the runtimes themselves. */
import { describe, expect, test } from 'vitest'
import { MAX_LOOSE_LINES, MAX_RECORD_LINES, RecordAssembler } from '../../../../collectors/assemble/assembler.ts'
import { assemble, batch, formats, texts } from './stream.ts'

const PYTHON = `2026-11-24 04:13:05,726 - auth - ERROR - token refused
Traceback (most recent call last):
  File "/app/p.py", line 7, in <module>
    jwt.decode(t,'k'*32,algorithms=['HS256'])
              ^^^^^^^^^^^^^^^^^^^^^
jwt.exceptions.ExpiredSignatureError: Signature has expired

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/p.py", line 9, in <module>
    raise PermissionError('denied') from e
PermissionError: denied`

const JAVA = `2026-11-16 09:12:01,123 [http-1] WARN  com.example.Filter - rejected
java.lang.RuntimeException: denied
\tat J.f(J.java:2)
\tat java.base/java.lang.reflect.Method.invoke(Method.java:569)
\tSuppressed: java.io.IOException: x
\t\tat J.g(J.java:3)
Caused by: io.jsonwebtoken.ExpiredJwtException: JWT expired 300000 milliseconds ago
\tat J.f(J.java:2)
\t... 9 more`

const SPRING = `2026-11-16T09:12:01.123Z ERROR 1 --- [orders] [main] o.s.b.SpringApplication : Application run failed

org.springframework.beans.factory.BeanCreationException: Error creating bean
\tat A.b(A.java:1)
Caused by: java.lang.IllegalArgumentException: Unable to resolve the Configuration with the provided Issuer
\tat C.d(C.java:2)`

const NODE = `TokenExpiredError: jwt expired
    at /app/node_modules/jsonwebtoken/verify.js:190:21
    at getSecret (/app/node_modules/jsonwebtoken/verify.js:97:14) {
  expiredAt: 2026-11-24T04:07:32.000Z,
  [cause]: Error: x
      at y
}`

const RUBY = `E, [2026-11-24T04:12:32.457863 #32610] ERROR -- : Signature has expired (JWT::ExpiredSignature)
/gems/jwt-2.5.0/lib/jwt/verify.rb:42:in \`verify_expiration'
/gems/jwt-2.5.0/lib/jwt/verify.rb:15:in \`block (2 levels) in singleton class'
r.rb:3:in \`<main>'`

const RUBY_UNCAUGHT = `/gems/jwt-2.5.0/lib/jwt/verify.rb:42:in \`verify_expiration': Signature has expired (JWT::ExpiredSignature)
\tfrom /gems/jwt-2.5.0/lib/jwt/verify.rb:15:in \`each'
\tfrom r.rb:3:in \`<main>'`

const PHP = `PHP Fatal error:  Uncaught ExpiredException: Expired token in /app/x.php:3
Stack trace:
#0 /app/x.php(4): f()
#1 {main}

Next RuntimeException: denied in /app/x.php:4
Stack trace:
#0 {main}
  thrown in /app/x.php on line 4`

const GO = `panic: token is expired

goroutine 1 [running]:
main.f(...)
\t/app/main.go:3
main.main()
\t/app/main.go:4 +0x75
exit status 2`

const DOTNET = `fail: Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerHandler[3]
      Exception occurred while processing message.
      System.InvalidOperationException: IDX20803: Unable to obtain configuration from: 'https://idp'
       ---> System.IO.IOException: IDX20804: Unable to retrieve document
         at A.B()
         --- End of inner exception stack trace ---
         at C.D()`

const DOTNET_UNCAUGHT = `Unhandled exception. System.InvalidOperationException: x
 ---> System.Exception: y
   at A.B()
   --- End of inner exception stack trace ---
   at C.D()`

const PRETTY = `{
  "level": "error",
  "braces": "}}{",
  "err": {
    "message": "jwt expired"
  },
  "list": [
    1
  ]
}`

const JUL = `Nov 24, 2026 4:13:06 AM J main
WARNING: token rejected
java.lang.RuntimeException: denied
\tat J.f(J.java:2)`

const BLOCKS = { PYTHON, JAVA, SPRING, NODE, RUBY, RUBY_UNCAUGHT, PHP, GO, DOTNET, DOTNET_UNCAUGHT, PRETTY, JUL }
const NEIGHBOURS = {
  pino: '{"level":30,"time":1794820321123,"pid":1,"hostname":"h","msg":"ok"}',
  logfmt: 'time=2026-11-16T09:12:01Z level=info msg=ok',
  access: '10.0.0.7 - - [16/Nov/2026:09:12:01 +0000] "GET / HTTP/1.1" 200 1 "-" "curl"',
  spring: '2026-11-16 09:12:01.123  INFO 4711 --- [main] c.e.A : ok',
  python: '2026-11-16 09:12:01,123 - name - INFO - ok',
  nginx: '2026/11/16 09:12:01 [error] 7#7: *1 x, client: 10.0.0.7, server: _',
}

describe.each(Object.entries(BLOCKS))('%s', (_, block) => {
  test('is one record alone', () => expect(texts(block)).toEqual([block]))
  test('twice in a row is two records', () => expect(texts(`${block}\n${block}\n`)).toEqual([block, block]))
  // Under a stamped line that expects more, an error's own head is the stack of what was logged there.
  const apart = Object.entries(NEIGHBOURS).filter(([name]) => block !== NODE || !['spring', 'python'].includes(name))
  test.each(apart)('stays apart from %s lines around it', (_name, line) => {
    expect(texts(`${line}\n${block}\n${line}\n`)).toEqual([line, block, line])
  })
  test('comes out the same from a Windows file', () => {
    expect(texts(`${block.replaceAll('\n', '\r\n')}\r\n`)).toEqual([block])
  })
})

test('every line of a format is a record of its own', () => {
  const lines = Object.values(NEIGHBOURS)
  expect(texts(lines.join('\n'))).toEqual(lines)
})

test('lines of no known layout are records of their own', () => {
  expect(texts('one\ntwo\nthree')).toEqual(['one', 'two', 'three'])
})

test('a message of several lines belongs to its stamped line, up to a limit', () => {
  const head = '2026-11-16 09:12:01,123 - auth - ERROR - several'
  const loose = Array.from({ length: MAX_LOOSE_LINES }, (_, i) => `word ${i}`)
  expect(texts([head, ...loose].join('\n'))).toEqual([[head, ...loose].join('\n')])
  expect(texts([head, ...loose, 'too far', 'and on'].join('\n'))).toEqual([
    [head, ...loose].join('\n'),
    'too far',
    'and on',
  ])
})

test('a JSON object that was cut off does not swallow the objects after it', () => {
  const whole = '{"level":30,"time":1794820321123,"msg":"ok"}'
  expect(texts(`{"level":30,"msg":"cut\n${whole}\n${whole}\n`)).toEqual(['{"level":30,"msg":"cut', whole, whole])
})

test('a whole JSON object and an access line are handed on without waiting', () => {
  for (const line of [NEIGHBOURS.pino, NEIGHBOURS.access, NEIGHBOURS.logfmt, NEIGHBOURS.nginx]) {
    const assembler = new RecordAssembler('s', formats)
    expect(assembler.push(batch(Buffer.from(`${line}\n`), 0)).map((r) => r.text)).toEqual([line])
    expect(assembler.held).toBeNull()
  }
})

test('a stamped line is held until the next one or a flush', () => {
  const assembler = new RecordAssembler('s', formats)
  const bytes = Buffer.from(`${NEIGHBOURS.spring}\n`)
  expect(assembler.push(batch(bytes, 100))).toEqual([])
  expect(assembler.held).toBe(100)
  expect(assembler.push(batch(bytes, 100 + bytes.length))).toMatchObject([
    { text: NEIGHBOURS.spring, position: { stream: 's', offset: 100, end: 100 + bytes.length } },
  ])
  expect(assembler.flush()).toMatchObject([{ position: { offset: 100 + bytes.length } }])
  expect(assembler.held).toBeNull()
  expect(assembler.lines).toBe(2)
})

test('a record longer than the limit is cut and marked, and its bytes still belong to it', () => {
  const lines = ['Error: deep', ...Array.from({ length: MAX_RECORD_LINES + 500 }, (_, i) => `    at f${i} (a.js:1:1)`)]
  const content = `${lines.join('\n')}\nnext\n`
  const [record, next] = assemble(content)
  expect(record?.cut).toBe(true)
  expect(record?.text.split('\n')).toHaveLength(MAX_RECORD_LINES)
  expect(record?.position.end).toBe(content.length - 5)
  expect(next?.text).toBe('next')
})

test('a line that the source cut is marked, ends where the source says, and opens nothing', () => {
  const assembler = new RecordAssembler('s', formats)
  const bytes = Buffer.from('{"a":"aaaa')
  const records = assembler.push({ ...batch(bytes, 0), end: 1000, cut_bytes: 990 })
  expect(records).toEqual([{ text: '{"a":"aaaa', position: { stream: 's', offset: 0, end: 1000 }, cut: true }])
})

test('a gap in the stream completes what is held', () => {
  const assembler = new RecordAssembler('s', formats)
  assembler.push(batch(Buffer.from('Error: x\n'), 0))
  expect(assembler.push(batch(Buffer.from('    at y\n'), 500)).map((r) => r.text)).toEqual(['Error: x'])
})

test('the time of reading is that of the record’s first line', () => {
  const assembler = new RecordAssembler('s', formats)
  assembler.push({ ...batch(Buffer.from('Error: x\n'), 0), received_collector_ms: 1000 })
  assembler.push({ ...batch(Buffer.from('    at y\n'), 9), received_collector_ms: 2000 })
  expect(assembler.flush()).toMatchObject([{ text: 'Error: x\n    at y', received_collector_ms: 1000 }])
})

test('byte order marks, NUL bytes, invalid UTF-8 and colours do no harm', () => {
  expect(texts(Buffer.from('\ufeffone\r\n'))).toEqual(['one'])
  expect(texts(Buffer.concat([Buffer.alloc(5000), Buffer.from('{"msg":"a"}\n')]))).toEqual(['{"msg":"a"}'])
  expect(texts(Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x0a, 0x62]))).toEqual(['a\ufffd\ufffd(', 'b'])
  expect(
    texts('\u001b[31m2026-11-16T09:12:01Z error\u001b[39m: \u001b]8;;http://x\u0007jwt\u001b]8;;\u0007 expired\n'),
  ).toEqual(['2026-11-16T09:12:01Z error: jwt expired'])
})
