/**
 * A report as one self-contained page: no network, no script needed, drawn charts with their tables behind, and every
 * figure linked to the command that lists the incidents. Invariant: all text goes through escapeHtml; style and script
 * are the page's own and allowed by hash, so that whatever a name might smuggle in would not run.
 */
import { createHash } from 'node:crypto'
import type { Block, Cell, Chart, Points, ReportDocument, Section, Table } from '../document.ts'
import { chartSvg } from './chart-svg.ts'
import { escapeHtml } from './escape-html.ts'
import { PAGE_SCRIPT } from './page-script.ts'
import { PAGE_STYLE } from './page-style.ts'

export function reportHtml(document: ReportDocument): string {
  return new ReportPage(document).html()
}

class ReportPage {
  readonly #document: ReportDocument
  /** Commands in the order in which figures refer to them. */
  readonly #commands = new Map<string, number>()

  constructor(document: ReportDocument) {
    this.#document = document
  }

  html(): string {
    const { title, subtitle, summary, sections, actions, footer } = this.#document
    const main = [
      this.#headlines(),
      actions.points.length === 0
        ? ''
        : `<section aria-labelledby="actions"><h2 id="actions">What to do</h2>${this.#points(actions)}</section>`,
      ...sections.map((section) => this.#section(section)),
      this.#commandList(),
    ].join('\n')
    const links = [
      ...(actions.points.length === 0 ? [] : [['actions', 'What to do'] as const]),
      ...sections.map(({ id, title: name }) => [id, name] as const),
      ...(this.#commands.size === 0 ? [] : [['commands', 'Commands'] as const]),
    ]
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="when">${escapeHtml(subtitle)}</p>
<p class="summary">${escapeHtml(summary)}</p>
<nav aria-label="Sections"><ul>${links.map(([id, name]) => `<li><a href="#${id}">${escapeHtml(name)}</a></li>`).join('')}</ul></nav>
</header>
<main>
${main}
</main>
<footer><p>${escapeHtml(footer)}</p></footer>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`
  }

  #headlines(): string {
    const rows = this.#document.headlines.map(
      ({ label, value, note, tone }) =>
        `<div><dt>${escapeHtml(label)}</dt><dd class="value${tone === undefined ? '' : ` ${tone}`}">${escapeHtml(value)}</dd><dd class="note">${escapeHtml(note)}</dd></div>`,
    )
    return `<dl class="headlines">${rows.join('')}</dl>`
  }

  #section({ id, title, blocks }: Section): string {
    return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${blocks.map((block) => this.#block(block)).join('\n')}</section>`
  }

  #block(block: Block): string {
    switch (block.type) {
      case 'text':
        return `<p>${escapeHtml(block.text)}</p>`
      case 'points':
        return this.#points(block)
      case 'table':
        return this.#table(block)
      case 'chart':
        return this.#chart(block)
    }
  }

  #points({ ordered, points }: Points): string {
    const items = points.map(({ title, worth, lines, command }) => {
      const said = lines.map((line) =>
        line.startsWith('Do: ')
          ? `<p><span class="step">Do:</span> ${escapeHtml(line.slice(4))}</p>`
          : `<p>${escapeHtml(line)}</p>`,
      )
      return `<li><h3>${escapeHtml(title)}</h3>${worth === undefined ? '' : `<p class="worth">${escapeHtml(worth)}</p>`}${said.join('')}${
        command === undefined
          ? ''
          : `<p><a href="#${this.#anchor(command)}">Command ${this.#number(command)} lists them</a></p>`
      }</li>`
    })
    const tag = ordered ? 'ol' : 'ul'
    return `<${tag} class="points">${items.join('\n')}</${tag}>`
  }

  #chart(chart: Chart): string {
    const figure = `<figure><figcaption>${escapeHtml(chart.caption)}</figcaption>${scroll(`Chart: ${chart.table.caption}`, chartSvg(chart))}</figure>`
    return `${figure}<details><summary>Table: ${escapeHtml(chart.table.caption)}</summary>${this.#table(chart.table)}</details>`
  }

  #table({ caption, columns, rows }: Table): string {
    const side = (index: number) => (columns[index]?.align === 'right' ? ' class="num"' : '')
    const head = columns.map(({ title }, index) => `<th scope="col"${side(index)}>${escapeHtml(title)}</th>`).join('')
    // Sub-rows are indented by blanks in the words; rows above such rows are their heads.
    const nested = rows.some(([first]) => first?.text.startsWith('  '))
    const body = rows.map((row) => {
      const sub = row[0]?.text.startsWith('  ') === true
      const cells = row.map((cell, index) =>
        index === 0 ? `<th scope="row">${this.#cell(cell)}</th>` : `<td${side(index)}>${this.#cell(cell)}</td>`,
      )
      return `<tr${nested ? ` class="${sub ? 'sub' : 'top'}"` : ''}>${cells.join('')}</tr>`
    })
    return scroll(
      caption,
      `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`,
    )
  }

  #cell({ text, tone, command }: Cell): string {
    if (/^[▁▂▃▄▅▆▇█ ]*[▁▂▃▄▅▆▇█][▁▂▃▄▅▆▇█ ]*$/.test(text))
      return `<span class="spark" aria-hidden="true">${text}</span>`
    const words = escapeHtml(text.trim())
    const toned = tone === undefined ? words : `<span class="${tone}">${words}</span>`
    return command === undefined ? toned : `<a href="#${this.#anchor(command)}">${toned}</a>`
  }

  #anchor(command: string): string {
    return `command-${this.#number(command)}`
  }

  #number(command: string): number {
    const number = this.#commands.get(command) ?? this.#commands.size + 1
    this.#commands.set(command, number)
    return number
  }

  #commandList(): string {
    if (this.#commands.size === 0) return ''
    const items = [...this.#commands].map(
      ([command, number]) => `<li id="command-${number}"><code class="command">${escapeHtml(command)}</code></li>`,
    )
    return `<section aria-labelledby="commands"><h2 id="commands">Commands behind the figures</h2><p>Each lists the incidents that a linked figure counts, newest first; add --json for all fields.</p><ol class="commands">${items.join('\n')}</ol></section>`
  }
}

/** A part that may be wider than the page; reachable by keyboard, because it scrolls. */
function scroll(label: string, html: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(label)}">${html}</div>`
}

/** Nothing may be loaded or sent, and only this very style and script apply (CSP Level 3 §6.7.2). */
function policy(): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return `default-src 'none'; style-src ${hash(PAGE_STYLE)}; script-src ${hash(PAGE_SCRIPT)}; base-uri 'none'; form-action 'none'`
}
