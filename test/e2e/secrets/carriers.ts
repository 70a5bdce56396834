/**
 * What carries secrets besides places.ts and dumps.ts: headers, schemes, cookies, parameters and settings of many products, protocols, statements,
 * command lines, containers of tokens, keys of providers. Each draws its own secrets; written without a look at the redactor.
 */
import { randomOf } from './random.ts'

export interface Carrier {
  name: string
  /** A text, and the pieces of it that must not be left. */
  write(): { text: string; secrets: readonly string[] }
}

const WORD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const URL64 = `${WORD}-_`
const BASE64 = `${WORD}+/`
const HEX = '0123456789abcdef'

export function carriers(seed: number): Carrier[] {
  const r = randomOf(seed)
  const S: [string, () => [string, string[]]][] = []
  const op = () => `a${r.text(URL64, 34)}7`
  const hex = (n = 40) => r.text(HEX, n)
  const pw = () => `K${r.text(WORD, 6)}!${r.text(WORD, 6)}9x`
  const b64 = (s: string) => Buffer.from(s).toString('base64')
  const b64u = (o: object) => Buffer.from(JSON.stringify(o)).toString('base64url')
  const jws = () =>
    `${b64u({ alg: 'RS256', kid: 'k1' })}.${b64u({ iss: 'https://i', sub: r.text(WORD, 10), exp: 1795000000, jti: r.text(HEX, 16) })}.${r.text(URL64, 86)}`
  const add = (name: string, write: (value: string) => string, draw: () => string = op) =>
    S.push([
      name,
      () => {
        const value = draw()
        return [write(value), [value]]
      },
    ])
  for (const h of ['Proxy-Authorization', 'X-Forwarded-Authorization'])
    add(`hdr ${h}`, (v) => `jwt expired ${h}: Bearer ${v}`)
  for (const h of [
    'X-Auth-Request-Access-Token',
    'x-functions-key',
    'Ocp-Apim-Subscription-Key',
    'X-Shopify-Access-Token',
    'X-Plex-Token',
    'X-Figma-Token',
    'PRIVATE-TOKEN',
    'X-Gitlab-Token',
    'Authentication-Token',
    'X-Session-Token',
    'X-User-Token',
    'X-CSRFToken',
    'X-XSRF-TOKEN',
    'X-Auth-Key',
    'X-Amz-Security-Token',
    'X-Ms-Token-Aad-Access-Token',
    'X-Access-Token',
    'X-Api-Token',
    'DD-API-KEY',
    'X-Vault-Token',
    'X-Consul-Token',
    'X-Nomad-Token',
    'X-Sentry-Auth',
    'X-Line-ChannelToken',
    'X-Client-Secret',
    'X-Auth-Token',
    'X-Refresh-Token',
    'X-Id-Token',
    'Stripe-Signature-Secret',
    'X-Hub-Secret',
    'X-Webhook-Secret',
    'X-Internal-Token',
    'X-Service-Token',
    'x-goog-api-key',
    'api-key',
    'X-Device-Token',
    'X-Registry-Auth',
    'X-Rundeck-Auth-Token',
    'X-Zabbix-Token',
    'Private-Key',
    'Fastly-Key',
    'X-Parse-Session-Token',
    'X-Parse-REST-API-Key',
    'X-Cassandra-Token',
    'X-Jenkins-Crumb',
    'Circle-Token',
    'Job-Token',
    'Deploy-Token',
    'X-TrackerToken',
  ])
    add(`hdr ${h}`, (v) => `{"level":"error","msg":"jwt expired","headers":{"${h.toLowerCase()}":"${v}","host":"a"}}`)
  for (const s of [
    'Token',
    'ApiKey',
    'GenieKey',
    'SSWS',
    'Splunk',
    'Key',
    'AccessToken',
    'PRIVATE',
    'OAuth',
    'JWT',
    'Session',
    'Hawk',
    'Api-Token',
    'X-Api-Key',
    'NLAuth',
    'zoho-oauthtoken',
    'Zoho-oauthtoken',
    'apikey',
    'Bot',
    'User',
    'Discogs',
    'Klaviyo-API-Key',
    'Negotiate',
    'NTLM',
    'VAPID',
    'Snowflake Token=',
  ])
    add(`scheme ${s}`, (v) => `401 invalid_token GET /x Authorization: ${s} ${v}`)
  for (const c of [
    '__Host-session',
    '__Secure-next-auth.session-token',
    '.AspNetCore.Cookies',
    '.AspNetCore.CookiesC1',
    'sessionid',
    'laravel_session',
    'XSRF-TOKEN',
    'remember_me',
    'AUTH_SESSION_ID',
    'mod_auth_openidc_session',
    '_oauth2_proxy',
    '_oauth2_proxy_1',
    'AWSELBAuthSessionCookie-0',
    'ory_kratos_session',
    'authelia_session',
    'appSession',
    'idsrv.session',
    'x-ms-cpim-sso:tenant_0',
    'authentik_session',
    'KEYCLOAK_IDENTITY',
    'okta-oauth-nonce',
    'sid',
    'DT',
    'idx',
    'auth0',
    'did',
    'SSESS0a1b',
    'wordpress_logged_in_0a1b',
    'CFID',
    'ASPSESSIONIDABC',
    'grafana_session',
    'jenkins-token',
    '__cf_bm',
    'a',
  ])
    add(`cookie ${c}`, (v) => `jwt expired Cookie: lang=de; ${c}=${v}; theme=dark`)
  add('cookie jar', (v) => `invalid token .api.test\tTRUE\t/\tTRUE\t0\tsession\t${v}`)
  add('cookie jar httponly', (v) => `invalid token #HttpOnly_.api.test\tTRUE\t/\tTRUE\t1795000000\tJSESSIONID\t${v}`)
  add('cookie list py', (v) => `jwt expired <RequestsCookieJar[<Cookie sessionid=${v} for .a.test/>]>`)
  add('cookie java', (v) => `JWT expired [Cookie@1f[session=${v},{HttpOnly=null}]]`)
  add('cookie go', (v) => `token is expired cookies=[session=${v}; Path=/; HttpOnly]`)
  add(
    'haproxy captured',
    (v) =>
      `haproxy[1]: 10.0.0.1:1 [16/Nov/2026:09:12:01.000] f b/s 0/0/0/1/1 401 12 - - ---- 1/1/0/0/0 0/0 {api.test|Bearer ${v}|curl} "GET / HTTP/1.1"`,
  )
  add('haproxy cookie capture', (v) => `haproxy[1]: f b/s 0/0/0/1/1 401 12 JSESSIONID=${v} - ---- "GET / HTTP/1.1"`)
  add('nginx debug header', (v) => `2026/11/16 09:12:01 [debug] 1#1: *1 http header: "Authorization: Bearer ${v}"`)
  add('nginx debug args', (v) => `2026/11/16 09:12:01 [debug] 1#1: *1 http args: "access_token=${v}&x=1"`)
  add(
    'dumpio',
    (v) =>
      `[dumpio:trace7] mod_dumpio.c(103): [client ::1:1] mod_dumpio:  dumpio_in (data-HEAP): Authorization: Bearer ${v}\\r\\n`,
  )
  add(
    'wireshark',
    (v) =>
      `invalid token Hypertext Transfer Protocol GET / HTTP/1.1\\r\\nHost: a\\r\\nAuthorization: Bearer ${v}\\r\\n`,
  )
  S.push([
    'hexdump',
    () => {
      const v = op()
      const t = Buffer.from(`Authorization: Bearer ${v}\r\n`)
      let o = 'invalid token\n'
      for (let i = 0; i < t.length; i += 16) {
        const s = t.subarray(i, i + 16)
        o += `${i.toString(16).padStart(8, '0')}  ${[...s]
          .map((b) => b.toString(16).padStart(2, '0'))
          .join(' ')
          .padEnd(47)}  |${s.toString('latin1').replace(/[^\x20-\x7e]/g, '.')}|\n`
      }
      return [o, [v.slice(2, 16), v.slice(16, 30)]]
    },
  ])
  S.push([
    'jws json',
    () => {
      const p = b64u({ sub: r.text(WORD, 14), exp: 1 }),
        s = r.text(URL64, 86)
      return [`invalid token {"payload":"${p}","protected":"${b64u({ alg: 'ES256' })}","signature":"${s}"}`, [s]]
    },
  ])
  S.push([
    'jws json general',
    () => {
      const p = b64u({ sub: r.text(WORD, 14), exp: 1 }),
        s = r.text(URL64, 86)
      return [
        `invalid token {"payload":"${p}","signatures":[{"protected":"${b64u({ alg: 'ES256' })}","signature":"${s}"}]}`,
        [s],
      ]
    },
  ])
  S.push([
    'jwe json',
    () => {
      const c = r.text(URL64, 120),
        k = r.text(URL64, 86)
      return [
        `invalid token {"protected":"${b64u({ alg: 'RSA-OAEP', enc: 'A256GCM' })}","encrypted_key":"${k}","iv":"${r.text(URL64, 16)}","ciphertext":"${c}","tag":"${r.text(URL64, 22)}"}`,
        [c, k],
      ]
    },
  ])
  S.push([
    'sd-jwt',
    () => {
      const d = b64u([r.text(URL64, 22), 'given_name', r.text(WORD, 12)])
      return [`invalid token ${jws()}~${d}~${b64u([r.text(URL64, 22), 'email', 'x@y.z'])}~`, [d]]
    },
  ])
  S.push([
    'sd-jwt kb',
    () => {
      const d = b64u([r.text(URL64, 22), 'given_name', r.text(WORD, 12)]),
        k = jws()
      return [`invalid token "vp_token":"${jws()}~${d}~${k}"`, [d, k.slice(-40)]]
    },
  ])
  S.push([
    'jws detached',
    () => {
      const s = r.text(URL64, 86)
      return [`x-jws-signature: ${b64u({ alg: 'PS256', b64: false, crit: ['b64'] })}..${s} invalid`, [s]]
    },
  ])
  S.push([
    'jwt two lines halves',
    () => {
      const j = jws()
      const i = j.lastIndexOf('.')
      return [`invalid token\n${j.slice(0, i)}\n.${j.slice(i + 1)}`, [j.slice(i + 5, i + 60)]]
    },
  ])
  S.push([
    'jwt header payload fields',
    () => {
      const j = jws().split('.')
      return [`{"msg":"invalid token","jwt":{"header":"${j[0]}","payload":"${j[1]}","signature":"${j[2]}"}}`, [j[2]!]]
    },
  ])
  S.push([
    'jwt space dots',
    () => {
      const j = jws()
      return [`invalid token ${j.replaceAll('.', ' . ')}`, [j.slice(-50)]]
    },
  ])
  S.push([
    'jwt truncated',
    () => {
      const j = jws()
      return [
        `invalid token ${j.slice(0, j.indexOf('.') + 60)}...`,
        [j.slice(j.indexOf('.') + 10, j.indexOf('.') + 58)],
      ]
    },
  ])
  S.push([
    'jwt truncated ellipsis mid',
    () => {
      const j = jws()
      return [`invalid token ${j.slice(0, 60)}…${j.slice(-40)}`, [j.slice(-38)]]
    },
  ])
  S.push([
    'jwt bad structure 4 parts',
    () => {
      const j = jws()
      return [`jwt malformed: ${j}.${r.text(URL64, 30)}`, [j.slice(-40)]]
    },
  ])
  S.push([
    'jwt with Bearer prefix in param',
    () => {
      const j = jws()
      return [`GET /x?auth=Bearer+${j} 401`, [j.slice(-40)]]
    },
  ])
  add(
    'paserk local',
    (v) => `invalid key k4.local.${v}`,
    () => r.text(URL64, 43),
  )
  add(
    'paserk secret',
    (v) => `invalid key k4.secret.${v}`,
    () => r.text(URL64, 86),
  )
  add(
    'paserk pid ok password wrap',
    (v) => `invalid key k4.local-pw.${v}`,
    () => r.text(URL64, 100),
  )
  add(
    'paseto footer',
    (v) => `token expired v4.local.${v}.${r.text(URL64, 40)}`,
    () => r.text(URL64, 120),
  )
  add(
    'macaroon',
    (v) => `invalid token macaroon=${v}`,
    () => `MDAxY2xvY2F0aW9u${r.text(URL64, 80)}`,
  )
  add(
    'macaroon alone',
    (v) => `invalid macaroon ${v}`,
    () => `MDAxY2xvY2F0aW9u${r.text(URL64, 80)}`,
  )
  add(
    'biscuit',
    (v) => `invalid token biscuit: ${v}`,
    () => `EnYKDAgB${r.text(URL64, 120)}==`,
  )
  add(
    'ntlm',
    (v) => `401 Authorization: NTLM ${v}`,
    () => `TlRMTVNTUAAD${r.text(BASE64, 120)}`,
  )
  add(
    'sigv4 signature',
    (v) =>
      `403 Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261116/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${v}`,
    () => hex(64),
  )
  add(
    'presigned sig',
    (v) => `403 GET /b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=${v}&X-Amz-Expires=60`,
    () => hex(64),
  )
  add(
    'azure sas',
    (v) => `403 https://a.blob.core.windows.net/c?sv=2024-01-01&se=2026-11-16&sr=c&sp=r&sig=${encodeURIComponent(v)}`,
    () => `${r.text(BASE64, 42)}9=`,
  )
  add(
    'azure conn',
    (v) => `401 DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${v};EndpointSuffix=core.windows.net`,
    () => `${r.text(BASE64, 84)}Q==`,
  )
  add(
    'servicebus conn',
    (v) => `401 Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${v}`,
    () => `${r.text(BASE64, 42)}9=`,
  )
  add(
    'sas header',
    (v) => `401 Authorization: SharedAccessSignature sr=a&sig=${encodeURIComponent(v)}&se=1795000000&skn=k`,
    () => `${r.text(BASE64, 42)}9=`,
  )
  add(
    'gcs signature',
    (v) => `403 GET /o?X-Goog-Signature=${v}&X-Goog-Date=1`,
    () => hex(128),
  )
  add(
    'oauth1',
    (v) =>
      `401 Authorization: OAuth realm="a", oauth_consumer_key="k", oauth_token="${v}", oauth_signature_method="HMAC-SHA1"`,
  )
  add(
    'oauth1 sig',
    (v) => `401 Authorization: OAuth oauth_consumer_key="k", oauth_signature="${encodeURIComponent(v)}"`,
    () => `${r.text(BASE64, 27)}=`,
  )
  add('oauth1 secret', (v) => `401 oauth_token=a1&oauth_token_secret=${v}`)
  for (const p of [
    'subject_token',
    'actor_token',
    'id_token_hint',
    'logout_token',
    'registration_access_token',
    'user_code',
    'auth_req_id',
    'pre-authorized_code',
    'tx_code',
    'ticket',
    'SAMLart',
    'otp',
    'totp',
    'passcode',
    'mfa_code',
    'verification_code',
    'confirmation_token',
    'reset_password_token',
    'invite_token',
    'magic_token',
    'login_token',
    'sso_token',
    'nonce_secret',
    'unlock_token',
    'one_time_token',
    'access-token',
    'jwt',
    'auth',
    'apiKey',
    'app_secret',
    'consumer_secret',
    'shared_secret',
    'signing_key',
    'encryption_key',
    'master_key',
    'webhook_secret',
    'deploy_key',
    'pass',
    'passphrase',
    'credential',
    'oldPassword',
    'newPassword',
    'password_confirmation',
    'j_password',
    'bot_token',
    'code',
    'device_secret',
    'transfer_token',
    'rpt',
    'pct',
    'step_up_token',
    'access_key',
    'secret_key',
    'private_token',
    'connection_string_secret',
    'storage_key',
    'sas_token',
    'bearer_token',
    'oauth_token',
    'client_key',
    'app_key',
    'sessiontoken',
    'csrfmiddlewaretoken',
    'g-recaptcha-response',
    'h-captcha-response',
    'cf-turnstile-response',
    '__RequestVerificationToken',
    '__VIEWSTATE',
    '_csrf',
    'X-Plex-Token',
    'api_token',
    'authtoken',
    'auth-token',
    'user_token',
    'service_token',
    'refresh',
    'access',
    'id_token',
    'vp_token',
    'proof',
    'dpop',
  ])
    add(`param ${p}`, (v) => `POST /oauth/token 400 invalid_grant body="grant_type=x&${p}=${v}&client_id=web"`)
  for (const p of [
    'accessToken',
    'authToken',
    'secretKey',
    'privateKey',
    'signingKey',
    'encryptionKey',
    'clientSecretKey',
    'dbPassword',
    'db_pass',
    'adminPassword',
    'rootPassword',
    'passwordHash',
    'hashedPassword',
    'apiSecret',
    'appSecret',
    'webhookSecret',
    'jwtSecret',
    'JWT_SECRET',
    'SECRET_KEY_BASE',
    'cookieSecret',
    'sessionSecret',
    'hmacKey',
    'sharedKey',
    'bearer',
    'credentials',
    'otp',
    'cvv',
    'recoveryCodes',
    'backupCodes',
    'mfaSecret',
    'totpSecret',
    'mnemonic',
    'keystorePassword',
    'trustStorePassword',
    'ldapBindPassword',
    'bind_password',
    'smtpPassword',
    'proxyPassword',
    'accessKeyId_secret',
    'serviceAccountKey',
    'private_key_id_secret',
    'licenseKey',
    'pushToken',
    'fcmToken',
    'deviceToken',
    'apnsToken',
  ])
    add(`json ${p}`, (v) => `{"level":"error","msg":"invalid_client","config":{"id":1,"${p}":"${v}"}}`)
  add(
    'keycloak creds',
    (v) =>
      `{"msg":"invalid_grant","user":{"username":"a","credentials":[{"type":"password","value":"${v}","temporary":false}]}}`,
    pw,
  )
  add(
    'docker auths',
    (v) => `unauthorized {"auths":{"reg.test":{"auth":"${v}"}}}`,
    () => b64(`svc:${op()}`),
  )
  add('npmrc', (v) => `401 //registry.npmjs.org/:_authToken=${v}`)
  add(
    'npmrc legacy',
    (v) => `401 //registry.test/:_password="${v}"`,
    () => b64(op()),
  )
  add('netrc', (v) => `401 machine api.test login web password ${v}`)
  add('kubeconfig token', (v) => `Unauthorized users:\n- name: a\n  user:\n    token: ${v}`)
  add(
    'kubeconfig key data',
    (v) => `Unauthorized client-key-data: ${v}`,
    () => b64(`-----BEGIN RSA PRIVATE KEY-----\n${r.text(BASE64, 64)}`),
  )
  add('git-credentials', (v) => `fatal: Authentication failed for 'https://web:${v}@git.test/a.git/'`)
  add('mysql -p', (v) => `sudo: web : COMMAND=/usr/bin/mysql -u root -p${v} app`)
  add('sshpass', (v) => `COMMAND=sshpass -p ${v} ssh a@b`)
  add('sshpass quoted', (v) => `COMMAND=sshpass -p '${v}' ssh a@b`, pw)
  add('openssl passin', (v) => `openssl rsa -in k.pem -passin pass:${v} failed`)
  add('redis-cli -a', (v) => `redis-cli -h r -a ${v} ping: WRONGPASS`)
  add('pgpassword', (v) => `PGPASSWORD=${v} psql -h db: FATAL`)
  add('docker login', (v) => `docker login -u svc -p ${v} reg.test: unauthorized`)
  add(
    'vault login',
    (v) => `vault login ${v}: permission denied`,
    () => `hvs.${r.text(URL64, 24)}`,
  )
  add('kubectl token', (v) => `kubectl --token=${v} get pods: Unauthorized`)
  add('helm set', (v) => `helm upgrade a b --set auth.password=${v},x=1: failed`)
  add('terraform', (v) => `Error: 401 + client_secret = "${v}" -> null`)
  add('terraform change', (v) => `Error: 401 ~ client_secret = "${v}" -> "${op()}"`)
  add(
    'ansible',
    (v) => `fatal: [h]: FAILED! => {"changed": false, "invocation": {"module_args": {"url_password": "${v}"}}}`,
  )
  add(
    'aws configure',
    (v) => `aws configure set aws_secret_access_key ${v}: error`,
    () => `${r.text(BASE64, 39)}1`,
  )
  add('curl -u', (v) => `401 curl -u svc:${v} https://a`)
  add('curl --user', (v) => `401 curl --user 'svc:${v}' https://a`, pw)
  add('curl -H short', (v) => `401 curl -H"Authorization: Bearer ${v}" https://a`)
  add('wget password', (v) => `401 wget --user=svc --password=${v} https://a`)
  add('ldap userPassword', (v) => `ldap: invalid credentials userPassword: ${v}`)
  add(
    'ldif base64',
    (v) => `ldap: invalid credentials userPassword:: ${v}`,
    () => b64(pw()),
  )
  add('sql identified by', (v) => `ERROR 1045 CREATE USER 'a'@'%' IDENTIFIED BY '${v}'`, pw)
  add('sql with password', (v) => `ERROR: STATEMENT: ALTER USER a WITH PASSWORD '${v}';`, pw)
  add('sql encrypted password', (v) => `ERROR: STATEMENT: CREATE ROLE a LOGIN ENCRYPTED PASSWORD '${v}'`, pw)
  add('sql password fn', (v) => `SET PASSWORD FOR a = PASSWORD('${v}')`, pw)
  add('mongo', (v) => `Unauthorized { find: "sessions", filter: { access_token: "${v}" }, $db: "a" }`)
  add('redis cmd', (v) => `WRONGPASS "AUTH" "${v}"`)
  add('redis cmd user', (v) => `WRONGPASS 1795000000.1 [0 1.2.3.4:1] "AUTH" "default" "${v}"`)
  add('redis set session', (v) => `"SET" "session:${v}" "1"`)
  add(
    'smtp auth plain',
    (v) => `535 5.7.8 AUTH PLAIN ${v}`,
    () => b64(`\0svc\0${pw()}`),
  )
  add('radius', (v) => `rlm_pap: User-Password = "${v}" invalid`, pw)
  add('radius cleartext', (v) => `(0) User-Name = "a" Cleartext-Password := "${v}"`, pw)
  add(
    'wsse password',
    (v) => `FailedAuthentication <wsse:Password Type="http://docs#PasswordText">${v}</wsse:Password>`,
    pw,
  )
  add(
    'wsse bst',
    (v) => `FailedAuthentication <wsse:BinarySecurityToken EncodingType="b">${v}</wsse:BinarySecurityToken>`,
    () => r.text(BASE64, 200),
  )
  add(
    'wst secret',
    (v) => `<trust:BinarySecret>${v}</trust:BinarySecret> FailedAuthentication`,
    () => `${r.text(BASE64, 43)}=`,
  )
  add(
    'saml sigvalue',
    (v) => `invalid signature <ds:SignatureValue>${v}</ds:SignatureValue>`,
    () => r.text(BASE64, 172),
  )
  add(
    'saml assertion xml',
    (v) =>
      `invalid <saml:Assertion ID="_1"><saml:AttributeValue>x</saml:AttributeValue><xenc:CipherValue>${v}</xenc:CipherValue></saml:Assertion>`,
    () => r.text(BASE64, 172),
  )
  add(
    'saml deflate redirect',
    (v) => `GET /sso?SAMLRequest=${encodeURIComponent(v)}&RelayState=x`,
    () => `${r.text(BASE64, 200)}=`,
  )
  add('soap sessionId', (v) => `INVALID_SESSION_ID <sessionId>${v}</sessionId>`)
  add(
    'salesforce sid',
    (v) => `INVALID_SESSION_ID: 00D5g000004Abcd!${v}`,
    () => `AQ4AQ${r.text(`${WORD}._`, 80)}`,
  )
  add('nsdictionary', (v) => `jwt expired {\n    "access_token" = "${v}";\n    id = 1;\n}`)
  add('nsdictionary bare', (v) => `jwt expired { password = ${v}; id = 1; }`)
  add('swift optional', (v) => `jwt expired ["password": Optional("${v}"), "id": 1]`, pw)
  add('dart map', (v) => `jwt expired {id: 1, accessToken: ${v}}`)
  add('lua', (v) => `jwt expired { ["password"] = "${v}", id = 1 }`, pw)
  add('perl dumper', (v) => `$VAR1 = { 'password' => '${v}' }; jwt expired`, pw)
  add('haskell', (v) => `Creds {clientId = "web", password = "${v}"} jwt expired`, pw)
  add('scala map', (v) => `jwt expired Map(id -> 1, password -> ${v})`)
  add('lisp', (v) => `jwt expired (:id 1 :password "${v}")`, pw)
  add('julia', (v) => `jwt expired Dict("password" => "${v}")`, pw)
  add('ts enum obj', (v) => `jwt expired Credentials { "password": "${v}" as string }`, pw)
  add('python SecretStr wrong', (v) => `jwt expired password=SecretStr('${v}')`, pw)
  add('spring binding', (v) => `Field error in object 'login' on field 'password': rejected value [${v}]; codes []`, pw)
  add('rails params', (v) => `Parameters: {"user"=>{"email"=>"a@b.c", "password"=>"${v}"}}`, pw)
  add('django querydict', (v) => `<QueryDict: {'csrfmiddlewaretoken': ['x'], 'password': ['${v}']}> invalid`, pw)
  add('express body', (v) => `POST /login 401 body: { user: 'a', password: '${v}' }`, pw)
  add('java idea url ctor', (v) => `Caused by: java.sql.SQLException: Access denied (url=jdbc:mysql://svc:${v}@db/app)`)
  add('jdbc oracle', (v) => `ORA-01017 jdbc:oracle:thin:web/${v}@db:1521/x`)
  add('sqlserver', (v) => `Login failed Data Source=a;User ID=sa;Pwd=${v};Encrypt=True`)
  add('mongodb uri', (v) => `Authentication failed mongodb+srv://svc:${v}@c0.test/?authSource=admin`)
  add('amqp', (v) => `ACCESS_REFUSED amqps://svc:${v}@mq.test/v`)
  add('ldap uri', (v) => `invalid creds ldap://cn=admin,dc=a:${v}@l.test`)
  add('smb', (v) => `LOGON_FAILURE smb://D;svc:${v}@fs/share`)
  add(
    's3 uri keys',
    (v) => `403 s3://AKIAIOSFODNN7EXAMPLE:${v}@bucket`,
    () => r.text(WORD, 40),
  )
  add('url nested pct', (v) => `GET /login?next=%2Fcb%3Faccess_token%3D${v}%26x%3D1 401`)
  add('url nested pct3', (v) => `GET /login?next=%25252Fcb%25253Faccess_token%25253D${v}%252526x%25253D1 401`)
  add('url fragment pct', (v) => `referrer=https%3A%2F%2Fa%2F%23id_token%3D${v}`)
  add('url encoded json value', (v) => `GET /x?d=%7B%22token%22%3A%22${v}%22%7D 401`)
  add('html escaped url', (v) => `<a href="/cb?state=1&amp;access_token=${v}&amp;x=1"> invalid`)
  add('html numeric amp', (v) => `/cb?state=1&#38;access_token=${v}&#38;x=1 invalid`)
  add('js uri unicode amp', (v) => `"/cb?state=1\\u0026access_token=${v}\\u0026x=1" invalid`)
  add('bearer pct20', (v) => `401 authorization=Bearer%20${v}`)
  add('bearer plus', (v) => `401 authorization=Bearer+${v}`)
  add('bearer u0020', (v) => `{"authorization":"Bearer\\u0020${v}"}`)
  add('bearer nbsp ent', (v) => `401 Authorization: Bearer&nbsp;${v}`)
  add('bearer double space', (v) => `401 Authorization:   BEARER   ${v}`)
  add('bearer odd', (v) => `401 authorization: bEaReR ${v}`)
  add('bearer array', (v) => `{"msg":"invalid token","authorization":["Bearer","${v}"]}`)
  add('raw auth', (v) => `401 Authorization: ${v}`)
  add('raw auth json', (v) => `{"msg":"401","headers":{"authorization":"${v}"}}`)
  add('token quoted sentence', (v) => `The token '${v}' has expired`)
  add('token quoted dq', (v) => `Access token "${v}" is not valid`)
  add('token bare sentence', (v) => `Refresh token ${v} not found`)
  add('code sentence', (v) => `Authorization code ${v} is invalid or expired`)
  add('api key sentence', (v) => `API key ${v} is disabled`)
  add('secret sentence', (v) => `invalid client secret: ${v}`)
  add('got sentence', (v) => `invalid token: got ${v}`)
  add('received token', (v) => `received token=${v}, rejecting`)
  add('reset link', (v) => `401 GET /users/password/edit?reset_password_token=${v}`)
  add(
    'jsessionid path',
    (v) => `401 GET /app/page;jsessionid=${v}?x=1`,
    () => r.text('0123456789ABCDEF', 32),
  )
  add(
    'django session key',
    (v) => `Session data corrupted session_key=${v}`,
    () => r.text('abcdefghijklmnopqrstuvwxyz0123456789', 32),
  )
  add(
    'base64 json',
    (v) => `{"msg":"invalid token","data":"${v}"}`,
    () => b64(JSON.stringify({ access_token: op(), token_type: 'Bearer' })),
  )
  add(
    'base64 form',
    (v) => `invalid token payload=${v}`,
    () => b64(`grant_type=refresh_token&refresh_token=${op()}`),
  )
  add(
    'pubsub',
    (v) => `invalid token {"message":{"data":"${v}","messageId":"1"}}`,
    () => b64(JSON.stringify({ refresh_token: op() })),
  )
  add(
    'gzip base64',
    (v) => `invalid token {"awslogs":{"data":"${v}"}}`,
    () => `H4sIAAAAAAAA${r.text(BASE64, 120)}`,
  )
  add(
    'otlp bytesValue',
    (v) => `{"body":{"bytesValue":"${v}"},"severityText":"ERROR"}`,
    () => b64(`invalid token Bearer ${op()}`),
  )
  add('protobuf text bytes', (v) => `invalid token access_token: "\\n$${v}"`)
  add('zero width inside name', (v) => `invalid token pass\u200bword=${v}`)
  add('fullwidth equals', (v) => `invalid token password＝${v}`)
  add('markdown table', (v) => `| password | \`${v}\` |`)
  add('yaml anchor', (v) => `invalid\npassword: &p ${v}`)
  add('yaml tag', (v) => `invalid\npassword: !vault ${v}`)
  add('yaml quoted key', (v) => `invalid\n"password" : '${v}'`, pw)
  add('hcl heredoc', (v) => `invalid client_secret = <<EOT\n${v}\nEOT`)
  add('json5', (v) => `invalid {password:'${v}',}`, pw)
  add('kv tabbed', (v) => `invalid password\t${v}`)
  add('kv colon spaces', (v) => `invalid password         : ${v}`)
  add('kv hash rocket spaces', (v) => `invalid :password    =>   "${v}"`, pw)
  add('kv parens', (v) => `invalid password(${v})`)
  add('kv brackets', (v) => `invalid password[${v}]`)
  add('kv braces', (v) => `invalid password{${v}}`)
  add('kv angle', (v) => `invalid password<${v}>`)
  add('kv is', (v) => `the client secret is ${v}`)
  add('kv was', (v) => `the access token was ${v}`)
  add('kv pipe', (v) => `invalid|password|${v}|x`)
  add('kv semicolon', (v) => `invalid;password;${v};x`)
  add('env upper', (v) => `invalid MYAPP_DB_PASSWORD=${v} OTHER=1`)
  add('env secret suffix', (v) => `invalid STRIPE_WEBHOOK_SECRET_V2=${v}`)
  add('env token digits', (v) => `invalid API_TOKEN_2='${v}'`)
  add('systemd env', (v) => `Environment="A=b" "API_TOKEN=${v}" failed`)
  add('cmd env json', (v) => `{"msg":"exec failed","env":["PATH=/bin","API_TOKEN=${v}"]}`)
  add('cmd args json', (v) => `{"msg":"exec failed","args":["app","--token","${v}","-v"]}`)
  add('cmd args json eq', (v) => `{"msg":"exec failed","args":["app","--client-secret=${v}"]}`)
  add('py argv', (v) => `invalid ['app.py', '--password', '${v}']`, pw)
  add('java -D', (v) => `invalid java -Djavax.net.ssl.keyStorePassword=${v} -jar a.jar`)
  add('go flag', (v) => `invalid -token ${v}`)
  add('single dash eq', (v) => `invalid app -password=${v}`)
  add(
    'set-cookie expires',
    (v) => `401 Set-Cookie: sess=1; Path=/, auth_token=${v}; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly`,
  )
  add(
    'www-auth nonce',
    (v) => `401 Authorization: Digest username="a", realm="r", nonce="n", uri="/", response="${v}", cnonce="c"`,
    () => hex(32),
  )
  add(
    'hawk mac',
    (v) => `401 Authorization: Hawk id="a", ts="1", nonce="n", mac="${v}"`,
    () => `${r.text(BASE64, 43)}=`,
  )
  add(
    'kafka sasl jaas',
    (v) =>
      `SaslAuthenticationException sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="${v}";`,
    pw,
  )
  add('spring props', (v) => `spring.datasource.password=${v} invalid`)
  add('spring oauth props', (v) => `spring.security.oauth2.client.registration.x.client-secret: ${v}`)
  add('ms appsettings', (v) => `"ConnectionStrings:Default":"Server=a;Password=${v}"`)
  add(
    'slack webhook',
    (v) => `POST https://hooks.slack.com/services/T00000000/B00000000/${v} 403`,
    () => r.text(WORD, 24),
  )
  add(
    'discord webhook',
    (v) => `POST https://discord.com/api/webhooks/123456789012345678/${v} 401`,
    () => r.text(URL64, 68),
  )
  add(
    'teams webhook',
    (v) =>
      `POST https://a.webhook.office.com/webhookb2/11111111-2222-3333-4444-555555555555@66666666-7777-8888-9999-000000000000/IncomingWebhook/${v}/x 403`,
    () => hex(32),
  )
  add(
    'telegram',
    (v) => `GET https://api.telegram.org/bot123456789:${v}/getMe 401`,
    () => `AA${r.text(WORD, 33)}`,
  )
  add(
    'sentry dsn',
    (v) => `401 https://${v}@o1.ingest.sentry.io/1`,
    () => hex(32),
  )
  add('gh actions', (v) => `##[debug]token: ***; ACTIONS_RUNTIME_TOKEN=${v}`)
  add(
    'jwk private',
    (v) => `invalid key {"kty":"EC","crv":"P-256","x":"a","y":"b","d":"${v}"}`,
    () => r.text(URL64, 43),
  )
  add(
    'jwk oct',
    (v) => `invalid key {"kty":"oct","k":"${v}","alg":"HS256"}`,
    () => r.text(URL64, 43),
  )
  add(
    'jwk rsa p',
    (v) => `invalid key {"kty":"RSA","n":"a","e":"AQAB","d":"x1","p":"${v}","q":"z"}`,
    () => r.text(URL64, 86),
  )
  add(
    'ssh pub? no priv openssh one line',
    (v) => `key -----BEGIN OPENSSH PRIVATE KEY----- ${v} -----END OPENSSH PRIVATE KEY-----`,
    () => r.text(BASE64, 180),
  )
  add(
    'pem escaped',
    (v) => `"private_key": "-----BEGIN PRIVATE KEY-----\\n${v}\\n-----END PRIVATE KEY-----\\n"`,
    () => r.text(BASE64, 64),
  )
  add(
    'pem cut',
    (v) => `-----BEGIN PRIVATE KEY-----\n${v}`,
    () => r.text(BASE64, 64),
  )
  add('pkcs12 pw', (v) => `keytool -storepass ${v} failed`)
  add(
    'htpasswd apr1',
    (v) => `web:$apr1$abcdefgh$${v}`,
    () => r.text(`${WORD}./`, 22),
  )
  add(
    'shadow',
    (v) => `root:$6$saltsalt$${v}:19000:0`,
    () => r.text(`${WORD}./`, 86),
  )
  add(
    'argon2',
    (v) => `invalid $argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$${v}`,
    () => r.text(BASE64, 43),
  )
  add(
    'pbkdf2 django',
    (v) => `invalid pbkdf2_sha256$600000$saltsalt$${v}`,
    () => `${r.text(BASE64, 43)}=`,
  )
  add(
    'scram',
    (v) => `invalid SCRAM-SHA-256$4096:c2FsdA==$${v}:${r.text(BASE64, 43)}=`,
    () => `${r.text(BASE64, 43)}=`,
  )
  for (const [n, g] of Object.entries({
    anthropic: () => `sk-ant-api03-${r.text(URL64, 93)}AA`,
    openai: () => `sk-proj-${r.text(URL64, 48)}T3BlbkFJ${r.text(URL64, 48)}`,
    hf: () => `hf_${r.text(WORD, 34)}`,
    gitlabrunner: () => `glrt-${r.text(URL64, 20)}`,
    gitlabdeploy: () => `gldt-${r.text(URL64, 20)}`,
    pulumi: () => `pul-${hex(40)}`,
    databricks: () => `dapi${hex(32)}`,
    shopify: () => `shpat_${hex(32)}`,
    square: () => `sq0atp-${r.text(URL64, 22)}`,
    mailgun: () => `key-${hex(32)}`,
    twilio: () => `SK${hex(32)}`,
    newrelic: () => `NRAK-${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 27)}`,
    grafana: () => `glsa_${r.text(WORD, 32)}_${hex(8)}`,
    postman: () => `PMAK-${hex(24)}-${hex(34)}`,
    planetscale: () => `pscale_tkn_${r.text(URL64, 43)}`,
    doppler: () => `dp.pt.${r.text(WORD, 43)}`,
    atlassian: () => `ATATT3xFfGF0${r.text(URL64, 170)}=${hex(8).toUpperCase()}`,
    fly: () => `FlyV1 fm2_${r.text(BASE64, 100)}`,
    supabase: () => `sbp_${hex(40)}`,
    tailscale: () => `tskey-auth-${r.text(WORD, 12)}CNTRL-${r.text(WORD, 32)}`,
    cloudflare_ca: () => `v1.0-${hex(24)}-${hex(146)}`,
    airtable: () => `pat${r.text(WORD, 14)}.${hex(64)}`,
    figma: () => `figd_${r.text(URL64, 40)}`,
    notion: () => `secret_${r.text(WORD, 43)}`,
    ntn: () => `ntn_${r.text(WORD, 46)}`,
    azuread: () => `${r.text(WORD, 3)}8Q~${r.text(`${WORD}._~-`, 34)}`,
    aws_bedrock: () => `ABSK${r.text(BASE64, 128)}=`,
    groq: () => `gsk_${r.text(WORD, 52)}`,
    perplexity: () => `pplx-${r.text(WORD, 48)}`,
    replicate: () => `r8_${r.text(WORD, 37)}`,
    xai: () => `xai-${r.text(WORD, 80)}`,
    buildkite: () => `bkua_${hex(40)}`,
    circleci: () => `CCIPAT_${r.text(WORD, 22)}_${hex(40)}`,
    rubygems: () => `rubygems_${hex(48)}`,
    clojars: () => `CLOJARS_${hex(60)}`,
    vault_batch: () => `hvb.${r.text(URL64, 140)}`,
    terraform: () => `${r.text(WORD, 14)}.atlasv1.${r.text(URL64, 67)}`,
    sentry: () => `sntrys_${r.text(BASE64, 100)}_${r.text(BASE64, 43)}`,
    sentry_u: () => `sntryu_${hex(64)}`,
    dynatrace: () =>
      `dt0c01.${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 24)}.${r.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 64)}`,
    onepassword: () => `ops_eyJ${r.text(URL64, 200)}`,
    slack_cfg: () => `xoxe.xoxp-1-${r.text(WORD, 160)}`,
    slack_d: () => `xoxd-${r.text(URL64, 100)}`,
    fb: () => `EAA${r.text(WORD, 160)}`,
    heroku: () => `HRKU-${r.text(URL64, 60)}`,
    contentful: () => `CFPAT-${r.text(URL64, 43)}`,
    typeform: () => `tfp_${r.text(URL64, 44)}_${r.text(URL64, 14)}`,
    readme: () => `rdme_${r.text('abcdefghijklmnopqrstuvwxyz0123456789', 70)}`,
    prefect: () => `pnu_${r.text(WORD, 36)}`,
    ghapp: () => `ghs_${r.text(WORD, 36)}`,
    duffel: () => `duffel_live_${r.text(URL64, 43)}`,
    easypost: () => `EZAK${r.text(WORD, 54)}`,
    flutterwave: () => `FLWSECK-${hex(32)}-X`,
    mapbox: () => `sk.eyJ1Ijoi${r.text(URL64, 60)}.${r.text(URL64, 22)}`,
    adafruit: () => `aio_${r.text(WORD, 28)}`,
    infracost: () => `ico-${r.text(WORD, 32)}`,
    brevo: () => `xkeysib-${hex(64)}-${r.text(WORD, 16)}`,
    vercel: () => `vcp_${r.text(WORD, 56)}`,
    netlify: () => `nfp_${r.text(WORD, 40)}`,
    sonar: () => `sqp_${hex(40)}`,
    artifactory: () => `AKCp${r.text(WORD, 69)}`,
  }))
    add(`evident ${n}`, (v) => `request failed 401 with ${v} at x`, g)
  return S.map(([name, write]) => ({
    name,
    write: () => {
      const [text, secrets] = write()
      return { text, secrets }
    },
  }))
}
