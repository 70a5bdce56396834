/** The ways in which the same value gets into a log. Each takes a name and a value and writes them as that software would. */

export type Notation = (value: string, name: string) => string

const percent = encodeURIComponent
const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
const quoted = (value: string) => JSON.stringify(value)
const pythonString = (value: string) =>
  value.includes("'") && !value.includes('"')
    ? `"${value.replaceAll('\\', '\\\\')}"`
    : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Quoted or encoded so that any value can stand in them. */
export const SAFE_NOTATIONS: Record<string, Notation> = {
  JSON: (v, n) => `{"level":30,${quoted(n)}:${quoted(v)},"token_type":"Bearer"}`,
  'JSON with spaces': (v, n) => `{"level": 30, ${quoted(n)}: ${quoted(v)}, "expires_in": 300}`,
  'JSON in camelCase': (v, n) => `{${quoted(camel(n))}:${quoted(v)},"expiresIn":300}`,
  'JSON in a JSON string': (v, n) =>
    JSON.stringify({ msg: 'response', body: JSON.stringify({ [n]: v, expires_in: 300 }) }),
  'JSON in JSON in a JSON string': (v, n) =>
    JSON.stringify({ log: JSON.stringify({ body: JSON.stringify({ [n]: v, expires_in: 300 }) }) }),
  'JSON with escaped slashes (PHP)': (v, n) => `{${quoted(n)}:${quoted(v).replaceAll('/', '\\/')}}`,
  'percent-encoded query': (v, n) => `"GET /resource?lang=en&${n}=${percent(v)}&page=2 HTTP/1.1" 200`,
  'first parameter of a query': (v, n) => `10.0.0.7 - - "GET /resource?${n}=${percent(v)} HTTP/1.1" 401 17`,
  'form body': (v, n) => `body: client_id=web&${n}=${percent(v)}&scope=openid`,
  'query inside an encoded redirect': (v, n) =>
    `location=https%3A%2F%2Fapp%2F%3Fx%3D1%26${n}%3D${percent(percent(v))}%26y%3D2`,
  'query in a JSON string (Go)': (v, n) => `{"url":"/resource?lang=en\\u0026${n}=${percent(v)}\\u0026page=2"}`,
  'percent-encoded JSON': (v, n) => `data=${percent(JSON.stringify({ [n]: v, expires_in: 300 }))}`,
  'Python dict': (v, n) => `{'${n}': ${pythonString(v)}, 'token_type': 'Bearer'}`,
  'Ruby hash': (v, n) => `Parameters: {"${n}"=>${quoted(v)}, "commit"=>"Sign in"}`,
  'logfmt, quoted': (v, n) => `level=info ${n}=${quoted(v)} status=401`,
  'JavaScript inspect': (v, n) => `{ ${n}: ${pythonString(v)}, expires_in: 300 }`,
  'Rust debug': (v, n) => `TokenResponse { ${n}: Some(${quoted(v)}), expires_in: 300 }`,
  'HAR name and value': (v, n) => `{"name":"${n}","value":${quoted(v)}}`,
  'OTLP attribute': (v, n) => `{"key":"app.${n}","value":{"stringValue":${quoted(v)}}}`,
}

/** For values without spaces, quotes and brackets. */
export const BARE_NOTATIONS: Record<string, Notation> = {
  logfmt: (v, n) => `level=info ${n}=${v} status=401`,
  'Java map': (v, n) => `{${n}=${v}, token_type=Bearer}`,
  'Go map': (v, n) => `map[${n}:${v} token_type:Bearer]`,
  'Go struct': (v, n) => `{${camel(n)}:${v} TokenType:Bearer}`,
  YAML: (v, n) => `${n}: ${v}`,
  XML: (v, n) => `<request><${n}>${v}</${n}></request>`,
  'JSON in HTML': (v, n) => `{&quot;${n}&quot;:&quot;${v}&quot;,&quot;expires_in&quot;:300}`,
  'bracketed form field (Rails)': (v, n) => `user[${n}]=${percent(v)}&commit=1`,
  'header with dashes': (v, n) => `x-${n.replaceAll('_', '-')}: ${v}`,
  'command line': (v, n) => `node login.js --${n.replaceAll('_', '-')}=${v} --verbose`,
}

/** Where a bearer token stands behind its scheme. */
export const BEARER_NOTATIONS: Record<string, Notation> = {
  'Authorization header': (v) => `Authorization: Bearer ${v}`,
  'Proxy-Authorization header': (v) => `> Proxy-Authorization: Bearer ${v}`,
  'DPoP scheme': (v) => `authorization: DPoP ${v}`,
  'header in JSON': (v) => JSON.stringify({ req: { headers: { host: 'api', authorization: `Bearer ${v}` } } }),
  'header in a JSON string': (v) => JSON.stringify({ msg: JSON.stringify({ authorization: `Bearer ${v}` }) }),
  'header array in JSON': (v) => JSON.stringify({ headers: { authorization: [`Bearer ${v}`] } }),
  'raw header list': (v) =>
    JSON.stringify({ rawHeaders: ['Host', 'api', 'Authorization', `Bearer ${v}`, 'Accept', '*/*'] }),
  'ASGI headers': (v) => `[(b'host', b'api'), (b'authorization', b'Bearer ${v}'), (b'accept', b'*/*')]`,
  'Python headers': (v) => `{'Authorization': 'Bearer ${v}', 'Accept': '*/*'}`,
  'Java header dump': (v) => `{host=[api], authorization=[Bearer ${v}], accept=[*/*]}`,
  'Spring header dump': (v) => `[Host:"api", Authorization:"Bearer ${v}", Accept:"*/*"]`,
  'Go header map': (v) => `map[Accept:[*/*] Authorization:[Bearer ${v}] Host:[api]]`,
  'curl command': (v) => `curl -H 'Authorization: Bearer ${v}' https://api.example.com/orders`,
  'percent-encoded header': (v) => `headers=Authorization%3A%20Bearer%20${percent(v)}%0AHost`,
  'scheme in a message': (v) => `sent "Bearer ${v}" to the gateway`,
  'scheme in lower case': (v) => `upstream said 401 to bearer ${v}`,
  'token parameter with a scheme': (v) => `token=Bearer ${v} status=401`,
  'OTLP header attribute': (v) =>
    JSON.stringify({ key: 'http.request.header.authorization', value: { stringValue: `Bearer ${v}` } }),
}

/** No name, no scheme: only the value's own form gives it away. */
export const LOOSE_NOTATIONS: Record<string, Notation> = {
  'in prose': (v) => `could not use ${v} for the request`,
  'in parentheses': (v) => `rejected (${v}) at the gateway`,
  'at the end of a line': (v) => `rejected:\n${v}\n`,
  'behind an escaped line break': (v) => `{"msg":"rejected:\\n${v}\\nby gateway"}`,
  'percent-encoded': (v) => `/x?y%3D${percent(v)}%26z`,
  'in a path': (v) => `"GET /verify/${percent(v)} HTTP/1.1" 404`,
  'under an unknown name': (v) => `{"foo":"${v}"}`,
}
