/**
 * How runtimes, shells, tools and configuration files print what holds a secret: other shapes than places.ts, written without a look at
 * the redactor. `DUMPS` name it, `ALONE` do not. Left out is what no reader could tell from ordinary text: a column of a CSV file whose
 * head is another record, a password of any characters in a sentence.
 */
import type { Placed } from './places.ts'
import type { Secret } from './secret-kinds.ts'

interface Way {
  fits(secret: Secret): boolean
  write(secret: Secret): string
}

const q = (v: string) => JSON.stringify(v)
const one = (v: string) => v.replaceAll('\n', '\\n')
const cred = (s: Secret) => (s.scheme ? `${s.scheme} ${s.value}` : s.value)
const isCookie = (s: Secret) => s.kind === 'session cookie'
const hdr = (s: Secret): [string, string] =>
  isCookie(s)
    ? ['Cookie', `theme=dark; ${s.name}=${s.value}`]
    : s.scheme
      ? ['Authorization', cred(s)]
      : [s.name, one(s.value)]
const camel = (n: string) => n.replace(/[-_ ]+(.)/g, (_, c) => c.toUpperCase()).replace(/^./, (c) => c.toUpperCase())
const simple = (s: Secret) => /^[\w.~+/=-]+$/.test(s.value)
const only = (fits: Way['fits'], write: Way['write']): Way => ({ fits, write })
const line = (write: (s: Secret) => string) => only((s) => !isCookie(s) && !s.value.includes('\n'), write)
const simp = (write: (s: Secret) => string) => only((s) => !isCookie(s) && simple(s), write)
const head = (write: (h: [string, string], s: Secret) => string) =>
  only(
    (s) => !s.value.includes('\n'),
    (s) => write(hdr(s), s),
  )
const nginxEsc = (v: string) =>
  v.replace(/["\\]|[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
const entity = (v: string) => v.replace(/[=":/+]/g, (c) => `&#${c.charCodeAt(0)};`)
const hexent = (v: string) => v.replace(/[=":/+]/g, (c) => `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`)
const allpct = (v: string) =>
  [...Buffer.from(v)].map((b) => `%${b.toString(16).padStart(2, '0').toUpperCase()}`).join('')
const qp = (v: string) => v.replaceAll('=', '=3D')
const wrap = (v: string, n: number, sep: string) => v.match(new RegExp(`[^]{1,${n}}`, 'g'))!.join(sep)
const DUMPS: Readonly<Record<string, Way>> = {
  'py headers dict': head(
    ([n, v]) =>
      `jwt expired for request headers={'Host': 'api', '${n}': ${JSON.stringify(v).replace(/^"|"$/g, "'")}, 'Accept': '*/*'}`,
  ),
  'py header tuples': head(
    ([n, v]) => `invalid token [('Host', 'api'), ('${n}', '${v.replaceAll("'", "\\'")}'), ('Accept', '*/*')]`,
  ),
  'asgi header tuples': head(
    ([n, v]) => `invalid token [(b'host', b'api'), (b'${n.toLowerCase()}', b'${v.replaceAll("'", "\\'")}')]`,
  ),
  'py MultiDict': head(
    ([n, v]) => `invalid token <CIMultiDictProxy('Host': 'api', '${n}': '${v.replaceAll("'", "\\'")}')>`,
  ),
  'py EnvironHeaders': head(([n, v]) => `invalid token\nHost: api\r\n${n}: ${v}\r\nAccept: */*\r\n`),
  'WSGI environ': head(
    ([n, v]) =>
      `jwt expired environ={'HTTP_${n.toUpperCase().replaceAll(/[-. ]/g, '_')}': '${v.replaceAll("'", "\\'")}', 'X': 1}`,
  ),
  'py dataclass repr': line(
    (s) =>
      `jwt expired: Credentials(client_id='web', ${s.name.replaceAll(/[-. ]/g, '_')}='${s.value.replaceAll("'", "\\'")}', scope=None)`,
  ),
  'py f-string =': line((s) => `jwt expired ${s.name.replaceAll(/[-. ]/g, '_')}='${s.value}' x=1`),
  'py kwargs': line((s) => `call verify(*(), **{'${s.name}': '${s.value}'}) failed: jwt expired`),
  'ruby symbols': line((s) => `JWT::DecodeError {:${s.name.replaceAll(/[-. ]/g, '_')}=>${q(s.value)}, :x=>1}`),
  'ruby 3.4 inspect': line((s) => `JWT::DecodeError {"${s.name}" => ${q(s.value)}, "x" => 1}`),
  'ruby 3.4 symbols': line((s) => `JWT::DecodeError {${s.name.replaceAll(/[-. ]/g, '_')}: ${q(s.value)}, x: 1}`),
  'ruby object': line(
    (s) => `JWT::DecodeError #<Creds:0x000078 @id=1, @${s.name.replaceAll(/[-. ]/g, '_')}=${q(s.value)}, @x=nil>`,
  ),
  'ruby struct': line(
    (s) => `JWT::DecodeError #<struct Creds id=1, ${s.name.replaceAll(/[-. ]/g, '_')}=${q(s.value)}>`,
  ),
  'go %+v': simp((s) => `token is expired req={ClientID:web ${camel(s.name)}:${s.value} Scopes:[openid]}`),
  'go %+v pointer': simp((s) => `token is expired req=&{ID:1 ${camel(s.name)}:${s.value}}`),
  'go %#v': line((s) => `token is expired main.Creds{ClientID:"web", ${camel(s.name)}:${q(s.value)}, N:1}`),
  'go http.Header %v': head(([n, v]) => `token is expired map[Accept:[*/*] ${n}:[${v}] Host:[api]]`),
  'go http.Header %#v': head(
    ([n, v]) => `token is expired http.Header{"Accept":[]string{"*/*"}, "${n}":[]string{${q(v)}}}`,
  ),
  'go url.Values': simp((s) => `token is expired map[client_id:[web] ${s.name}:[${s.value}] x:[1]]`),
  'java record': simp((s) => `JWT expired Creds[clientId=web, ${s.name}=${s.value}, x=1]`),
  'java lombok': simp((s) => `JWT expired Creds(clientId=web, ${s.name}=${s.value}, x=1)`),
  'java idea': line((s) => `JWT expired Creds{clientId='web', ${s.name}='${s.value}', x=1}`),
  'java map headers': head(([n, v]) => `JWT expired {host=[api], ${n.toLowerCase()}=[${v}], accept=[*/*]}`),
  'spring HttpHeaders': head(([n, v]) => `JWT expired [Host:"api", ${n}:"${v}", Accept:"*/*"]`),
  'netty header': head(([n, v]) => `JWT expired DefaultHttpHeaders[host: api, ${n}: ${v}, accept: */*]`),
  okhttp: head(([n, v]) => `JWT expired Request{method=GET, url=https://a/, headers=[Host:api, ${n}:${v}]}`),
  'kotlin data': simp((s) => `JWT expired Creds(id=1, ${s.name}=${s.value})`),
  'c# record': simp((s) => `IDX10223 Creds { ClientId = web, ${camel(s.name)} = ${s.value}, X = 1 }`),
  'c# header lines': head(([n, v]) => `IDX10223 Headers:\n{\n  Host: api\n  ${n}: ${v}\n}`),
  'rust debug': line(
    (s) => `token expired Creds { id: 1, ${s.name.replaceAll(/[-. ]/g, '_')}: ${q(s.value)}, x: None }`,
  ),
  'rust Some': line((s) => `token expired Creds { id: 1, ${s.name.replaceAll(/[-. ]/g, '_')}: Some(${q(s.value)}) }`),
  'rust secret tuple': line((s) => `token expired Creds { ${s.name.replaceAll(/[-. ]/g, '_')}: Token(${q(s.value)}) }`),
  'rust HeaderMap': head(([n, v]) => `token expired {"host": "api", "${n.toLowerCase()}": ${q(v)}}`),
  'php print_r': line((s) => `invalid token Array\n(\n    [id] => 1\n    [${s.name}] => ${s.value}\n)`),
  'php print_r one line': line((s) => `invalid token Array ( [id] => 1 [${s.name}] => ${s.value} [x] => 2 )`),
  'php var_dump': line(
    (s) => `invalid token array(1) {\n  ["${s.name}"]=>\n  string(${s.value.length}) "${s.value}"\n}`,
  ),
  'php var_export': line((s) => `invalid token array ( 'id' => 1, '${s.name}' => '${s.value}', )`),
  'php serialize': line((s) => `invalid token a:1:{s:${s.name.length}:"${s.name}";s:${s.value.length}:"${s.value}";}`),
  'php object print_r': line((s) => `invalid token Creds Object ( [${s.name}:protected] => ${s.value} )`),
  'elixir map': line((s) => `token expired %{"id" => 1, "${s.name}" => ${q(s.value)}}`),
  'elixir atoms': line((s) => `token expired %{id: 1, ${s.name.replaceAll(/[-. ]/g, '_')}: ${q(s.value)}}`),
  'elixir headers': head(([n, v]) => `token expired [{"host", "api"}, {"${n.toLowerCase()}", ${q(v)}}]`),
  'erlang headers': head(([n, v]) => `token expired [{<<"host">>,<<"api">>},{<<"${n.toLowerCase()}">>,<<${q(v)}>>}]`),
  'erlang map': line((s) => `token expired #{id => 1,${s.name.replaceAll(/[-. ]/g, '_')} => <<${q(s.value)}>>}`),
  'clojure map': line((s) => `token expired {:id 1, :${s.name} ${q(s.value)}, :x 2}`),
  'xml attribute': line((s) => `invalid_token <user id="1" ${s.name}=${q(s.value)} x="2"/>`),
  'xml attr single': line((s) => `invalid_token <user id='1' ${s.name}='${s.value}'/>`),
  'xml add key': line((s) => `invalid_token <add key="${s.name}" value="${s.value}" />`),
  'xml property': line((s) => `invalid_token <property name="${s.name}">${s.value}</property>`),
  'xml entry': line((s) => `invalid_token <entry key="${s.name}">${s.value}</entry>`),
  'xml cdata': line(
    (s) => `invalid_token <${s.name.replaceAll(' ', '_')}><![CDATA[${s.value}]]></${s.name.replaceAll(' ', '_')}>`,
  ),
  'xml ns element': line((s) => `invalid_token <ns2:${s.name} xsi:type="xsd:string">${s.value}</ns2:${s.name}>`),
  plist: line((s) => `invalid_token <key>${s.name}</key>\n\t<string>${s.value}</string>`),
  'yaml plain': simp((s) => `invalid_token\nauth:\n  id: 1\n  ${s.name}: ${s.value}\n`),
  'yaml folded': simp((s) => `invalid_token\nauth:\n  ${s.name}: >-\n    ${s.value}\n  x: 1`),
  'yaml literal': simp((s) => `invalid_token\nauth:\n  ${s.name}: |\n    ${s.value}\n  x: 1`),
  'yaml flow': simp((s) => `invalid_token {id: 1, ${s.name}: ${s.value}, x: 2}`),
  'k8s env yaml': simp((s) => `invalid_token\n- name: ${s.name.toUpperCase()}\n  value: ${s.value}\n- name: X`),
  'k8s env json': line(
    (s) => `{"msg":"invalid_token","env":[{"name":"${s.name.toUpperCase()}","value":${q(s.value)}}]}`,
  ),
  'har reversed': line((s) => `{"msg":"invalid_token","params":[{"value":${q(s.value)},"name":"${s.name}"}]}`),
  'har with extras': line(
    (s) => `{"msg":"invalid_token","params":[{"name":"${s.name}","comment":"","value":${q(s.value)}}]}`,
  ),
  'har cookies': only(
    isCookie,
    (s) => `{"msg":"jwt expired","cookies":[{"name":"${s.name}","value":"${s.value}","httpOnly":true}]}`,
  ),
  'har cookies object': only(
    isCookie,
    (s) => `{"msg":"jwt expired","req":{"cookies":{"theme":"dark","${s.name}":"${s.value}"}}}`,
  ),
  'har postData': line((s) =>
    JSON.stringify({
      msg: 'invalid_token',
      postData: { mimeType: 'x', text: `client_id=web&${s.name}=${encodeURIComponent(s.value)}` },
    }),
  ),
  'protobuf text': line((s) => `invalid_token id: 1 ${s.name.replaceAll(/[-. ]/g, '_')}: ${q(s.value)} x: 2`),
  'protobuf text kv': head(([n, v]) => `invalid_token headers { key: "${n.toLowerCase()}" value: ${q(v)} }`),
  'grpc java metadata': head(
    ([n, v]) =>
      `UNAUTHENTICATED: token expired Metadata(content-type=application/grpc,${n.toLowerCase()}=${v},grpc-accept-encoding=gzip)`,
  ),
  'grpc python metadatum': head(
    ([n, v]) =>
      `UNAUTHENTICATED token expired (_Metadatum(key='${n.toLowerCase()}', value='${v}'), _Metadatum(key='x', value='y'))`,
  ),
  'grpc-js metadata': head(
    ([n, v]) =>
      `UNAUTHENTICATED token expired Metadata { internalRepr: Map(1) { '${n.toLowerCase()}' => [ '${v}' ] }, options: {} }`,
  ),
  'node inspect': head(
    ([n, v]) => `jwt expired { host: 'api', ${/^\w+$/.test(n) ? n.toLowerCase() : `'${n}'`}: '${v}', accept: '*/*' }`,
  ),
  'node inspect lines': head(
    ([n, v]) =>
      `jwt expired {\n  host: 'api',\n  ${/^\w+$/.test(n) ? n.toLowerCase() : `'${n}'`}: '${v}',\n  accept: '*/*'\n}`,
  ),
  'node Map': line((s) => `jwt expired Map(1) { '${s.name}' => '${s.value}' }`),
  'node Headers symbol': head(
    ([n, v]) =>
      `jwt expired HeadersList { [Symbol(headers map)]: Map(1) { '${n.toLowerCase()}' => { name: '${n.toLowerCase()}', value: '${v}' } } }`,
  ),
  'node concatenated': simp(
    (s) => `jwt expired { ${/^\w+$/.test(s.name) ? s.name : `'${s.name}'`}: '${wrap(s.value, 40, "' +\n    '")}' }`,
  ),
  'axios config data': line(
    (s) =>
      `jwt expired AxiosError { config: { data: 'grant_type=refresh_token&${s.name}=${encodeURIComponent(s.value)}' } }`,
  ),
  'axios config json': line(
    (s) => `jwt expired AxiosError { config: { data: '${JSON.stringify({ id: 1, [s.name]: s.value })}' } }`,
  ),
  'curl -v request': head(([n, v]) => `jwt expired\n> GET / HTTP/1.1\n> Host: api\n> ${n}: ${v}\n> Accept: */*`),
  'curl -v h2': head(([n, v]) => `jwt expired * [HTTP/2] [1] [${n.toLowerCase()}: ${v}]`),
  'curl -v response': only(isCookie, (s) => `jwt expired\n< HTTP/2 401\n< set-cookie: ${s.name}=${s.value}; path=/`),
  'curl --data': line(
    (s) => `401 invalid_token + curl -sS --data '${s.name}=${encodeURIComponent(s.value)}' https://a`,
  ),
  'curl --data-urlencode': line((s) => `401 invalid_token + curl --data-urlencode "${s.name}=${s.value}" https://a`),
  'curl -d json': line((s) => `401 invalid_token + curl -d '{"id":1,"${s.name}":${q(s.value)}}' https://a`),
  'curl -F': line((s) => `401 invalid_token + curl -F ${s.name}=${s.value} https://a`),
  'curl -b': only(isCookie, (s) => `401 invalid_token + curl -b '${s.name}=${s.value}' https://a`),
  'curl --cookie': only(isCookie, (s) => `401 invalid_token + curl --cookie "${s.name}=${s.value}" https://a`),
  'curl --header=': head(([n, v]) => `401 invalid_token + curl --header="${n}: ${v}" https://a`),
  'curl --oauth2-bearer': only(
    (s) => s.scheme === 'Bearer',
    (s) => `401 invalid_token + curl --oauth2-bearer ${s.value} https://a`,
  ),
  wget: head(([n, v]) => `401 invalid_token wget --header '${n}: ${v}' https://a`),
  httpie: head(([n, v]) => `401 invalid_token http GET :8080 '${n}:${v}'`),
  powershell: line((s) => `401 invalid_token Connect-X -Id 1 -${camel(s.name)} "${s.value}" -Force`),
  'cli flag =': line((s) => `401 invalid_token app --${s.name.replaceAll('_', '-')}="${s.value}" --x`),
  'cli flag space quoted': line((s) => `401 invalid_token app --${s.name.replaceAll('_', '-')} "${s.value}" --x`),
  export: line((s) => `invalid_token + export ${s.name.toUpperCase().replaceAll(/[-. ]/g, '_')}='${s.value}'`),
  'docker -e': simp(
    (s) => `invalid_token docker run -e ${s.name.toUpperCase().replaceAll(/[-. ]/g, '_')}=${s.value} img`,
  ),
  'nginx \\x22 body': line(
    (s) =>
      `203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "POST /token HTTP/1.1" 401 12 "${nginxEsc(JSON.stringify({ id: 1, [s.name]: s.value }))}"`,
  ),
  'py bytes \\x': line((s) => `invalid token b'\\x7b\\x22${s.name}\\x22\\x3a\\x22${s.value}\\x22\\x7d'`),
  'js \\u{}': line((s) => `invalid token \\u{22}${s.name}\\u{22}:\\u{22}${s.value}\\u{22}`),
  'decimal entities': line((s) => `invalid_token ${entity(JSON.stringify({ id: 1, [s.name]: s.value }))}`),
  'hex entities': line((s) => `invalid_token ${hexent(JSON.stringify({ id: 1, [s.name]: s.value }))}`),
  'entities form': line((s) => `invalid_token ${entity(`id=1&${s.name}=${s.value}`)}`),
  'whole json percent': line(
    (s) => `invalid_token data=${encodeURIComponent(JSON.stringify({ id: 1, [s.name]: s.value }))}&x=1`,
  ),
  'whole json percent twice': line(
    (s) =>
      `invalid_token data=${encodeURIComponent(encodeURIComponent(JSON.stringify({ id: 1, [s.name]: s.value })))}&x=1`,
  ),
  'every char percent': line((s) => `invalid_token ?id=1&${s.name}=${allpct(s.value)}&x=1`),
  'quoted printable': line((s) => `invalid_token id=3D1&${s.name}=3D${qp(s.value)}&x=3D1`),
  'fragment first': line((s) => `invalid_token at https://app/#${s.name}=${encodeURIComponent(s.value)}`),
  'fragment route': line((s) => `invalid_token at https://app/#/cb?${s.name}=${encodeURIComponent(s.value)}&x=1`),
  'matrix param': simp((s) => `"GET /a;${s.name}=${encodeURIComponent(s.value)};v=1/b HTTP/1.1" 401`),
  'conn string': only(
    (s) => /password|secret|key/i.test(s.kind) && !s.value.includes('\n') && !s.value.includes(';'),
    (s) => `401 Server=a;User Id=b;${s.name}=${s.value};Encrypt=true`,
  ),
  jdbc: only(
    (s) => s.kind === 'password',
    (s) => `401 jdbc:postgresql://h/db?user=a&password=${encodeURIComponent(s.value)}&ssl=true`,
  ),
  'userinfo token only': only(
    (s) => s.scheme !== undefined && /^[\w.-]+$/.test(s.value),
    (s) => `401 invalid_token clone https://${s.value}@git.test/a.git`,
  ),
  'userinfo no user': only(
    (s) => s.kind === 'password',
    (s) => `401 invalid_token redis://:${encodeURIComponent(s.value)}@r.test:6379/0`,
  ),
  'userinfo percent': only(
    (s) => s.kind === 'password',
    (s) => `401 invalid_token url=https%3A%2F%2Fsvc%3A${encodeURIComponent(encodeURIComponent(s.value))}%40idp.test%2F`,
  ),
  'header folded': only(
    (s) => s.scheme === 'Bearer' && !s.value.includes('\n'),
    (s) => `jwt expired\nAuthorization: Bearer\n ${s.value}\nHost: a`,
  ),
  'bearer colon': only(
    (s) => s.scheme === 'Bearer',
    (s) => `jwt expired Bearer: ${s.value}`,
  ),
  'bearer quoted': only(
    (s) => s.scheme === 'Bearer',
    (s) => `jwt expired Bearer "${s.value}"`,
  ),
  'bearer bracket': only(
    (s) => s.scheme === 'Bearer',
    (s) => `jwt expired Bearer [${s.value}]`,
  ),
  'bearer tab': only(
    (s) => s.scheme === 'Bearer',
    (s) => `jwt expired Authorization:\tBearer\t${s.value}`,
  ),
  'websocket proto': only(
    (s) => s.scheme === 'Bearer' && !s.value.includes('\n'),
    (s) => `jwt expired Sec-WebSocket-Protocol: bearer, ${s.value}`,
  ),
  table: line((s) => `invalid_token | id | 1 |\n| ${s.name} | ${s.value} |`),
  'sql insert': line(
    (s) => `invalid_token SQL: UPDATE t SET ${s.name.replaceAll(/[-. ]/g, '_')} = '${s.value}' WHERE id = 1`,
  ),
  'sql where': line((s) => `invalid_token SELECT * FROM t WHERE ${s.name.replaceAll(/[-. ]/g, '_')}='${s.value}'`),
  'sql params rails': line((s) => `invalid_token SELECT 1 [["id", 1], ["${s.name}", ${q(s.value)}]]`),
  graphql: line(
    (s) => `invalid_token mutation { login(id: "1", ${s.name.replaceAll(/[-. ]/g, '_')}: ${q(s.value)}) { ok } }`,
  ),
  toml: line((s) => `invalid_token\n[auth]\n${s.name} = ${q(s.value)}`),
  ini: line((s) => `invalid_token\n[auth]\n${s.name}=${s.value}`),
  'properties escaped': line((s) => `invalid_token ${s.name}\\=${s.value}`),
  ltsv: simp((s) => `time:2026-11-16T09:12:01Z\tstatus:401\t${s.name}:${s.value}\thost:a`),
  'json key odd case': line((s) => `{"msg":"jwt expired","${s.name.toUpperCase()}":${q(s.value)}}`),
  'json spaced colon': line((s) => `{"msg":"jwt expired","${s.name}" : ${q(s.value)}}`),
  'json prefix name': line((s) => `{"msg":"jwt expired","my_${s.name}":${q(s.value)}}`),
  'json dotted name': line((s) => `{"msg":"jwt expired","http.request.body.${s.name}":${q(s.value)}}`),
  'json array value': line((s) => `{"msg":"jwt expired","${s.name}":["a",${q(s.value)}]}`),
  'json split escapes': simp(
    (s) =>
      `{"msg":"jwt expired","${s.name}":"${[...s.value].map((c, i) => (i % 5 === 2 ? `\\u00${c.charCodeAt(0).toString(16)}` : c)).join('')}"}`,
  ),
  'json all escapes': simp(
    (s) =>
      `{"msg":"jwt expired","${s.name}":"${[...s.value].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')}"}`,
  ),
  'json name escaped': simp(
    (s) =>
      `{"msg":"jwt expired","${[...s.name].map((c) => `\\u00${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}":"${s.value}"}`,
  ),
  'json lines in stack': line((s) =>
    JSON.stringify({
      level: 50,
      err: {
        type: 'TokenExpiredError',
        message: 'jwt expired',
        stack: `TokenExpiredError: jwt expired\n    at f (${JSON.stringify({ [s.name]: s.value })})\n    at g.js:1:1`,
      },
    }),
  ),
  'py traceback locals': line(
    (s) =>
      `Traceback (most recent call last):\n  File "a.py", line 1, in f\n    x = g(y)\n        ${s.name.replaceAll(/[-. ]/g, '_')} = '${s.value}'\n        id = 1\njwt.exceptions.ExpiredSignatureError: Signature has expired`,
  ),
  'multi line json nested': line((s) =>
    JSON.stringify(
      {
        level: 'error',
        message: 'jwt expired',
        req: { headers: Object.fromEntries([hdr(s)]), body: { [s.name]: s.value } },
      },
      null,
      4,
    ),
  ),
  'json in json in json lines': line((s) =>
    JSON.stringify({ message: `failed\n${JSON.stringify({ [s.name]: s.value }, null, 2)}`, level: 'error' }),
  ),
  'nbsp sep': line((s) => `invalid_token ${s.name}:\u00a0${s.value}`),
  'fullwidth colon': line((s) => `invalid_token ${s.name}：${s.value}`),
  arrow: line((s) => `invalid_token ${s.name} -> ${s.value}`),
  'arrow unicode': line((s) => `invalid_token ${s.name} → ${s.value}`),
  'equals equals': line((s) => `invalid_token ${s.name}==${s.value}`),
  'ansi coloured': line((s) => `\x1b[31minvalid_token\x1b[0m \x1b[36m${s.name}=\x1b[0m${s.value}`),
  'ansi inside quotes': line((s) => `invalid_token ${s.name}: \x1b[32m'${s.value}'\x1b[39m`),
}
const ALONE: Readonly<Record<string, (secret: Secret) => string>> = {
  'wrapped 64': (s) => `invalid token:\n${wrap(s.value, 64, '\n')}\nend`,
  'wrapped 76 indent': (s) => `invalid token:\n    ${wrap(s.value, 76, '\n    ')}\nend`,
  'wrapped escaped': (s) => `invalid token "${wrap(s.value, 60, '\\n')}"`,
  'wrapped backslash': (s) => `invalid token ${wrap(s.value, 60, '\\\n')}`,
  'qp soft': (s) => `invalid token ${wrap(s.value, 60, '=\n')}`,
  'glued word': (s) => `invalid token:x${s.value}`,
  'glued paren': (s) => `verify(${s.value})`,
  pipe: (s) => `invalid token|${s.value}|x`,
  'comma list': (s) => `a,${s.value},b invalid token`,
  'at semicolon': (s) => `invalid token;${s.value};x`,
  'uppercase percent dots': (s) => `invalid token ${s.value.replaceAll('.', '%2E')}`,
  'percent percent dots': (s) => `invalid token ${s.value.replaceAll('.', '%252E')}`,
  'unicode dots': (s) => `invalid token ${s.value.replaceAll('.', '\\u002e')}`,
  'x2e dots': (s) => `invalid token ${s.value.replaceAll('.', '\\x2e')}`,
  'entity dots': (s) => `invalid token ${s.value.replaceAll('.', '&#46;')}`,
  'key of object': (s) => JSON.stringify({ msg: 'invalid token', cache: { [s.value]: 1 } }),
  'in path escaped slash': (s) => `invalid token at https:\\/\\/a\\/v\\/${s.value}\\/x`,
  'in filename': (s) => `invalid token ENOENT /tmp/tokens/${s.value}.json`,
  'email local': (s) => `invalid token ${s.value}@x.test`,
  'underscore prefix': (s) => `invalid token tok_${s.value}`,
  'hyphen prefix': (s) => `invalid token web-${s.value}`,
  'ansi split': (s) => `invalid token \x1b[31m${s.value}\x1b[0m`,
  'zero width': (s) => `invalid token \u200b${s.value}\u200b`,
}

/** Every secret in every way, or in every `every`th, each beginning with another one. */
export function placeDumps(secrets: readonly Secret[], every = 1): Placed[] {
  const placed: Placed[] = []
  let n = 0
  const put = (secret: Secret, way: string, write: Way['write']) => {
    if (n++ % every === 0) placed.push({ secret, way, wrapper: 'plain', text: write(secret) })
  }
  for (const secret of secrets) {
    for (const [way, { fits, write }] of Object.entries(DUMPS)) if (fits(secret)) put(secret, way, write)
    if (secret.evident) for (const [way, write] of Object.entries(ALONE)) put(secret, way, write)
  }
  return placed
}
