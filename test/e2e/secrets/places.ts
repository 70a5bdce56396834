/**
 * Where a secret gets into a log: how its name and value are written (`WAYS`), and what is around that text (`WRAPPERS`).
 * Every way says a failure that authtop recognises or at least takes for one, so that the text is kept wherever texts are kept.
 */
import type { Secret } from './secret-kinds.ts'

type Way = (secret: Secret) => string

const percent = encodeURIComponent
const q = (value: string) => JSON.stringify(value)
const unicode = (value: string) => value.replace(/[.=/+-]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
const upperUnicode = (value: string) =>
  value.replace(/[.=/+]/g, (c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`)
const isCookie = ({ kind }: Secret) => kind === 'session cookie'
const isPem = ({ value }: Secret) => value.includes('\n')
const credential = ({ scheme = 'Bearer', value }: Secret) => `${scheme} ${value}`

/** By name and value, in every notation that holds any value. */
export const WAYS: Readonly<Record<string, Way>> = {
  'JSON member': ({ name, value }) =>
    `{"level":50,"msg":"jwt expired","err":{"type":"TokenExpiredError","message":"jwt expired"},${q(name)}:${q(value)}}`,
  'JSON, deeper': ({ name, value }) =>
    q2({ level: 50, msg: 'jwt malformed', request: { body: { grant: { [name]: value } } } }),
  'JSON in a JSON string': ({ name, value }) => q2({ level: 50, msg: `token refused: ${q2({ [name]: value })}` }),
  'JSON thrice': ({ name, value }) => q2({ msg: 'invalid token', a: q2({ b: q2({ [name]: value }) }) }),
  'JSON over several lines': ({ name, value }) =>
    JSON.stringify({ level: 'error', message: 'jwt expired', [name]: value, after: 1 }, null, 2),
  'JSON with unicode escapes': ({ name, value }) =>
    `{"msg":"jwt expired",${q(name)}:"${isPem({ value } as Secret) ? q(value).slice(1, -1) : unicode(value.replaceAll('\\', '\\\\').replaceAll('"', '\\"'))}"}`,
  'JSON with upper-case unicode escapes': ({ name, value }) =>
    `{"msg":"jwt expired",${q(name)}:"${upperUnicode(q(value).slice(1, -1))}"}`,
  'form body': ({ name, value }) =>
    `token endpoint answered 400 invalid_grant: grant_type=refresh_token&client_id=web&${name}=${percent(value)}&scope=openid`,
  'query of a request': ({ name, value }) =>
    `203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /orders?lang=en&${name}=${percent(value)} HTTP/1.1" 401 127 "-" "curl/8"`,
  'query of a referrer': ({ name, value }) =>
    `203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /orders HTTP/1.1" 401 127 "https://app.test/cb?x=1&${name}=${percent(value)}" "curl/8"`,
  'percent-encoded twice': ({ name, value }) =>
    `401 unauthorized, return_to=%2Fcb%3Fx%3D1%26${name}%3D${percent(percent(value))}%26y%3D2`,
  'percent-encoded in lower case': ({ name, value }) =>
    `401 unauthorized for /cb?x=1&${name}=${percent(value).replace(/%[0-9A-F]{2}/g, (e) => e.toLowerCase())}&y=2`,
  'fragment of a URL': ({ name, value }) =>
    `invalid_token: redirected to https://app.test/cb#state=s1&${name}=${percent(value)}`,
  logfmt: ({ name, value }) => `level=error msg="token is expired" ${name}=${q(value)} status=401`,
  'Python dict': ({ name, value }) => `ERROR auth: invalid_token {'${name}': ${py(value)}, 'x': 1}`,
  'Ruby hash': ({ name, value }) => `JWT::ExpiredSignature (Signature has expired) {"${name}"=>${q(value)}, "x"=>1}`,
  'Java map in a stack trace': (s) =>
    `io.jsonwebtoken.ExpiredJwtException: JWT expired at 2026-11-16T09:00:00Z. Current time: 2026-11-16T09:12:00Z, ${s.name}="${s.value.replaceAll('\n', '\\n')}"\n\tat com.x.A.b(A.java:17)\n\tat com.x.C.d(C.java:4)`,
  'headers as arrays': (s) => q2({ level: 50, msg: 'jwt expired', headers: [['host', 'api'], headerOf(s)] }),
  'raw headers': (s) => q2({ msg: 'jwt expired', rawHeaders: ['Host', 'api', ...headerOf(s), 'Accept', '*/*'] }),
  'headers as names and values': (s) =>
    q2({ msg: 'jwt expired', headers: [{ name: headerOf(s)[0], value: headerOf(s)[1] }] }),
  'headers as objects': (s) => q2({ msg: 'jwt expired', req: { headers: Object.fromEntries([headerOf(s)]) } }),
  'headers with lists': (s) => q2({ msg: 'jwt expired', req: { headers: { [headerOf(s)[0]]: [headerOf(s)[1]] } } }),
  'header lines': (s) =>
    `jwt expired; request was: GET /orders HTTP/1.1\\r\\nHost: api\\r\\n${headerOf(s)[0]}: ${headerOf(s)[1].replaceAll('\n', '')}\\r\\n\\r\\n`,
  'OTLP attribute': ({ name, value }) =>
    q2({
      timeUnixNano: '1795000000000000000',
      severityText: 'ERROR',
      body: { stringValue: 'jwt expired' },
      attributes: [{ key: name, value: { stringValue: value } }],
    }),
  'XML element': ({ name, value }) =>
    `<log level="ERROR"><msg>invalid_token</msg><${name.replaceAll(' ', '_')}>${xml(value)}</${name.replaceAll(' ', '_')}></log>`,
  'HTML-escaped JSON': ({ name, value }) =>
    `invalid_token {&quot;${name}&quot;:&quot;${xml(value.replaceAll('\n', '\\n'))}&quot;}`,
  'YAML over lines': ({ name, value }) => `error: invalid_token\n  ${name}: ${q(value)}\n  at: x`,
  'environment dump': ({ name, value }) =>
    `jwt expired; env: HOME=/root ${name.toUpperCase().replaceAll(/[-. ]/g, '_')}=${q(value)} LANG=C`,
  'multipart body': ({ name, value }) =>
    `invalid_client: --b\\r\\nContent-Disposition: form-data; name=\\"${name}\\"\\r\\n\\r\\n${value.replaceAll('\n', '\\n')}\\r\\n--b--`,
}

/** For values that say themselves what they are: no name at all. */
export const BARE_WAYS: Readonly<Record<string, Way>> = {
  'in a sentence': ({ value }) => `jwt expired: could not use ${value} for this request`,
  'in brackets': ({ value }) => `invalid token [${value}] refused`,
  'behind an arrow': ({ value }) => `invalid token -> ${value}`,
  'in a stack trace': ({ value }) =>
    `Error: invalid token\n    at verify ("${value.replaceAll('\n', '\\n')}")\n    at x.js:1:1`,
  'under an unknown field': ({ value }) => q2({ level: 50, msg: 'jwt expired', zebra: value }),
  'in a path': ({ value }) =>
    `203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /verify/${percent(value)} HTTP/1.1" 401 127`,
  'as a user agent': ({ value }) =>
    `203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /v HTTP/1.1" 401 127 "-" "${value.replaceAll('\n', '')}"`,
  'percent-encoded, alone': ({ value }) => `invalid token %7B%22a%22%3A%22${percent(value)}%22%7D`,
}

/** Behind a scheme, a cookie's name, in a URL: places of certain secrets only. */
export const SPECIAL_WAYS: Readonly<Record<string, { fits: (secret: Secret) => boolean; write: Way }>> = {
  'Authorization header': {
    fits: ({ scheme }) => scheme !== undefined,
    write: (s) => `jwt expired; Authorization: ${credential(s)}`,
  },
  'Authorization in JSON': {
    fits: ({ scheme }) => scheme !== undefined,
    write: (s) => q2({ msg: 'jwt expired', authorization: credential(s) }),
  },
  'authorization in OTLP': {
    fits: ({ scheme }) => scheme !== undefined,
    write: (s) =>
      q2({
        body: { stringValue: 'jwt expired' },
        attributes: [
          {
            key: 'http.request.header.authorization',
            value: { arrayValue: { values: [{ stringValue: credential(s) }] } },
          },
        ],
      }),
  },
  'scheme in a sentence': {
    fits: ({ scheme, evident }) => scheme !== undefined && (evident || scheme === 'Basic'),
    write: (s) => `upstream refused ${credential(s)} with 401 invalid_token`,
  },
  'curl with a header': {
    fits: ({ scheme }) => scheme !== undefined,
    write: (s) => `401 invalid_token + curl -H 'Authorization: ${credential(s)}' https://api.test`,
  },
  'percent-encoded header': {
    fits: ({ scheme }) => scheme !== undefined,
    write: (s) => `invalid_token headers=Authorization%3A%20${percent(credential(s))}%0AHost`,
  },
  'Cookie header': {
    fits: isCookie,
    write: ({ name, value }) => `jwt expired; Cookie: theme=dark; ${name}=${value}; lang=en`,
  },
  'Set-Cookie header': {
    fits: isCookie,
    write: ({ name, value }) => `session expired; Set-Cookie: ${name}=${value}; Path=/; HttpOnly`,
  },
  'Cookie in JSON': {
    fits: isCookie,
    write: ({ name, value }) => q2({ msg: 'jwt expired', headers: { cookie: `theme=dark; ${name}=${value}` } }),
  },
  'Cookie, encoded': {
    fits: isCookie,
    write: ({ name, value }) => q2({ msg: 'jwt expired', cookie: `theme=dark; ${name}=s%3A${value}.x` }),
  },
  'password in a URL': {
    fits: ({ kind }) => kind === 'password' || kind === 'client secret',
    write: ({ value }) => `invalid_client at https://svc:${percent(value)}@idp.test/token`,
  },
  'callback with a code': {
    fits: ({ kind }) => kind === 'authorization code',
    write: ({ value }) => `"GET /callback?code=${percent(value)}&state=xyz1234567 HTTP/1.1" 401`,
  },
  'command line': {
    fits: (s) => s.kind === 'password' || s.kind === 'client secret',
    write: ({ value }) => `invalid_client: login --client-secret ${value} --verbose`,
  },
  'Go map': {
    fits: ({ value }) => /^[\w-]+$/.test(value),
    write: ({ name, value }) => `level=error msg="invalid_token" form=map[client_id:web ${name}:${value} x:1]`,
  },
}

/** What shippers put around a line. */
export const WRAPPERS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  'Kubernetes CRI': (text) =>
    text
      .split('\n')
      .map((line) => `2026-11-16T09:12:01.000000001Z stderr F ${line}`)
      .join('\n'),
  Docker: (text) =>
    text
      .split('\n')
      .map((line) => q2({ log: `${line}\n`, stream: 'stderr', time: '2026-11-16T09:12:01.000000001Z' }))
      .join('\n'),
  'syslog (RFC 5424)': (text) => `<34>1 2026-11-16T09:12:01.003Z web-1 orders 17 ID47 - ${text.replaceAll('\n', ' ')}`,
  'syslog (RFC 3164)': (text) => `<34>Nov 16 09:12:01 web-1 orders[17]: ${text.replaceAll('\n', ' ')}`,
  journald: (text) =>
    q2({ __REALTIME_TIMESTAMP: '1795000000000000', _HOSTNAME: 'web-1', SYSLOG_IDENTIFIER: 'orders', MESSAGE: text }),
  'Fluent Bit': (text) => q2({ date: 1795000000.5, log: text, kubernetes: { pod_name: 'orders-1' } }),
  'docker compose': (text) =>
    text
      .split('\n')
      .map((line) => `orders-1  | ${line}`)
      .join('\n'),
}

function q2(value: unknown): string {
  return JSON.stringify(value)
}

function headerOf(s: Secret): [string, string] {
  if (isCookie(s)) return ['cookie', `theme=dark; ${s.name}=${s.value}`]
  return s.scheme === undefined ? [s.name, s.value] : ['authorization', credential(s)]
}

function py(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

function xml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export interface Placed {
  secret: Secret
  way: string
  wrapper: string
  text: string
}

/** Every secret in every way that fits; the wrapper goes round. A session cookie's own name says nothing outside of cookies. */
export function placeAll(secrets: readonly Secret[]): Placed[] {
  const names = Object.keys(WRAPPERS)
  let n = 0
  const placed: Placed[] = []
  const put = (secret: Secret, way: string, text: string) => {
    const wrapper = names[n++ % names.length]!
    placed.push({ secret, way, wrapper, text: WRAPPERS[wrapper]!(text) })
  }
  for (const secret of secrets) {
    for (const [way, write] of Object.entries(WAYS))
      if (!isCookie(secret) || way.startsWith('header') || way.startsWith('raw')) put(secret, way, write(secret))
    if (secret.evident) for (const [way, write] of Object.entries(BARE_WAYS)) put(secret, way, write(secret))
    for (const [way, { fits, write }] of Object.entries(SPECIAL_WAYS)) if (fits(secret)) put(secret, way, write(secret))
  }
  return placed
}
