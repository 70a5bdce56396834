/**
 * Groups messages that no signature knows by their shape: what varies from line to line (numbers, ids, addresses, quoted
 * texts, instants) is masked, so that fourteen lines become one template, ready to be made a signature.
 */

/** A template is a label, not the message; characters. */
const TEMPLATE_LIMIT = 200
/** Only the start of a message is shape; stack frames behind it are not. Characters. */
const INPUT_LIMIT = 1_000

export function templateOf(message: string): string {
  const line = message.slice(0, INPUT_LIMIT).split('\n', 1)[0] ?? ''
  return line
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replace(
      /\b(?:jwt|jwe|opaque|code|secret|password|basic|digest|cookie|paseto|apikey|saml|state|nonce|sub|jti|ip):[0-9a-f]{16}\b/g,
      '<token>',
    )
    .replace(/\bhttps?:\/\/[^\s"'<>]{1,300}/g, '<url>')
    .replace(/\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}\b/g, '<email>')
    .replace(/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?/g, '<time>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g, '<address>')
    .replace(/"[^"]{1,200}"/g, '"<…>"')
    .replace(/'[^']{1,200}'/g, "'<…>'")
    .replace(/\b(?=[a-z_-]{0,40}\d)[\w-]{12,80}\b/gi, '<id>')
    .replace(/\d+(?:\.\d+)?/g, '<n>')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, TEMPLATE_LIMIT)
}
