/** docs/signatures.md, made from the packs: every emitter, where its texts come from, and what each of them means. */
import type { Pack } from '../signatures/signature.ts'

export function signatureDocs(packs: readonly Pack[]): string {
  const sorted = [...packs].sort((a, b) => a.title.localeCompare(b.title, 'en'))
  const total = packs.reduce((n, p) => n + p.signatures.length, 0)
  const lines = [
    '# Everything authtop recognises',
    '',
    'Made from the packs by `npm run docs`; do not edit. How to add one: [packs.md](packs.md).',
    '',
    `${packs.length} packs, ${total} signatures.`,
    '',
    ...sorted.map((p) => `- [${text(p.title)}](#${anchor(p.title)})`),
  ]
  for (const pack of sorted) {
    lines.push(
      '',
      `## ${text(pack.title)}`,
      '',
      `Versions ${text(pack.versions)}. Texts from ${pack.source.map(link).join(', ')}.`,
      '',
    )
    lines.push('| signature | says | step | means |', '|---|---|---|---|')
    for (const s of pack.signatures)
      lines.push(
        `| \`${s.id}\` | ${text(s.symptom)} | ${s.kind} | ${s.cause === null ? 'success' : `${s.cause} / ${s.subcause}`} |`,
      )
  }
  return `${lines.join('\n')}\n`
}

function text(value: string): string {
  return value.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|]/g, (c) => `\\${c}`)
}

function link(source: string): string {
  return /^https?:\/\//.test(source) ? `<${source}>` : text(source)
}

/** As GitHub makes them: lower case, blanks to dashes, other punctuation dropped. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
