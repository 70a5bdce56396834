/**
 * A chart as an SVG string, drawn by echarts on the server (its SSR mode): nothing is left to run in the browser.
 * Colours are CSS variables of the page, so that one drawing serves light, dark and print. Invariant: the SVG carries no
 * script, no style attribute and no style element, which the page's content security policy would refuse.
 */
import type { EChartsCoreOption } from 'echarts/core'
import { init } from 'echarts/dist/echarts.esm.min'
import { escapeHtml } from './escape-html.ts'

/** Drawn at this width and scaled by the page; CSS pixels. */
export const CHART_WIDTH = 960

export const INK = 'var(--ink)'
export const MUTED = 'var(--muted)'
export const LINE = 'var(--line)'

/** `label`: what a screen reader says of the picture; the table behind it has the figures. */
export function drawSvg(option: EChartsCoreOption, height: number, label: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: CHART_WIDTH, height })
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit', color: INK }, ...option })
    return plain(chart.renderToSVGString(), label)
  } finally {
    chart.dispose()
  }
}

function plain(svg: string, label: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ style="([^"]*)"/g, (_, style: string) => attributes(style))
    .replace(/ (?:class|ecmeta_\w+|baseProfile|version)="[^"]*"/g, '')
    .replace(/^<svg width="\d+" height="\d+"/, () => `<svg role="img" aria-label="${escapeHtml(label)}"`)
}

/** Style declarations as the presentation attributes of the same name (SVG 2 §6.6). */
function attributes(style: string): string {
  return style
    .split(';')
    .map((each) => each.split(':'))
    .filter(
      ([name, value]) =>
        name !== undefined && value !== undefined && /^(font-|text-|fill|stroke|opacity|dominant-)/.test(name.trim()),
    )
    .map(([name, value]) => ` ${name!.trim()}="${value!.trim()}"`)
    .join('')
}
