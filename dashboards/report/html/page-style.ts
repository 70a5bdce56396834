/**
 * The style sheet of the page: light, dark and print from the same drawing, readable from 400 px to a wide screen.
 * Colours keep 4.5:1 for text and 3:1 for marks against their background (WCAG 2.2, 1.4.3 and 1.4.11).
 */
import { CAUSES, type Cause } from '../../../src/core/cause.ts'

const LIGHT: Readonly<Record<Cause, string>> = {
  unknown: '#5f6673',
  skew: '#c2410c',
  expiry: '#1d6fb8',
  revocation: '#7c3aed',
  misconfiguration: '#927008',
  malformed: '#be185d',
  misuse: '#0f766e',
  outage: '#7f1d1d',
}

const DARK: Readonly<Record<Cause, string>> = {
  unknown: '#9ca3af',
  skew: '#fb923c',
  expiry: '#60a5fa',
  revocation: '#b79dfb',
  misconfiguration: '#eab308',
  malformed: '#f472b6',
  misuse: '#2dd4bf',
  outage: '#f87171',
}

/** Lines of the clock chart, in the order of the hosts; they come from the causes, which are told apart already. */
export const SERIES_COLOURS: readonly string[] = (
  ['expiry', 'skew', 'misuse', 'revocation', 'malformed', 'misconfiguration', 'outage', 'unknown'] as const
).map(causeColour)

export function causeColour(cause: Cause): string {
  return `var(--c-${cause})`
}

const causeVars = (colours: Readonly<Record<Cause, string>>) =>
  (Object.keys(CAUSES) as Cause[]).map((cause) => `--c-${cause}:${colours[cause]}`).join(';')

const LIGHT_VARS = `--paper:#fff;--card:#f5f6f8;--ink:#1b1f26;--muted:#565e6b;--line:#d5d9e0;--link:#0b5cad;--bad:#b3261e;--good:#176b3a;--gap:#c9ced8;--heat:#c2410c;--accent:#1d6fb8;${causeVars(LIGHT)}`
const DARK_VARS = `--paper:#14171c;--card:#1d2128;--ink:#e6e9ee;--muted:#a3abb8;--line:#3a414d;--link:#7db8ff;--bad:#ff8a80;--good:#6fd79a;--gap:#3a414d;--heat:#fb923c;--accent:#60a5fa;${causeVars(DARK)}`

export const PAGE_STYLE = `
:root{color-scheme:light dark;${LIGHT_VARS}}
@media (prefers-color-scheme:dark){:root{${DARK_VARS}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{max-width:66rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:2.75rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:0;overflow-wrap:anywhere}
p{margin:.6rem 0;max-width:46rem}
.when{color:var(--muted);margin:0}
.summary{font-size:1.125rem;max-width:50rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;padding:0;margin:1rem 0 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible,button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.headlines{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;margin:1.25rem 0 0;padding:0}
.headlines div{background:var(--card);border-radius:.5rem;padding:.8rem 1rem;display:flex;flex-direction:column}
.headlines dt{order:2;color:var(--muted);font-size:.9rem}
.headlines dd{margin:0}
.headlines .value{order:1;font-size:1.9rem;font-weight:650;line-height:1.15;font-variant-numeric:tabular-nums}
.headlines .note{order:3;color:var(--muted);font-size:.9rem}
.points{padding:0;margin:.75rem 0;list-style:none;counter-reset:point}
.points>li{border-left:4px solid var(--line);padding:.1rem 0 .1rem 1rem;margin:0 0 1.1rem;max-width:50rem}
ol.points>li{counter-increment:point;border-left-color:var(--accent);background:var(--card);border-radius:0 .5rem .5rem 0;padding:.8rem 1rem}
ol.points>li h3::before{content:counter(point) ". "}
.worth{font-weight:600;margin:.1rem 0 .3rem}
.points p{margin:.3rem 0;overflow-wrap:anywhere}
.points ul{margin:.3rem 0;padding-left:1.2rem}
.step{font-weight:600}
.bad{color:var(--bad);font-weight:600}
.good{color:var(--good);font-weight:600}
.scroll{overflow-x:auto;margin:.75rem 0 1.25rem}
table{border-collapse:collapse;font-size:.925rem;min-width:100%}
caption{text-align:left;font-weight:600;padding:.25rem 0 .5rem}
th,td{padding:.35rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere;min-width:4.5rem}
th:first-child,td:first-child{padding-left:0;min-width:9rem;max-width:24rem}
thead th{color:var(--muted);font-weight:600;overflow-wrap:normal}
tbody th{font-weight:400}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .num{white-space:normal}
.sub th:first-child{padding-left:1.25rem}
.top th,.top td{font-weight:600}
.spark{white-space:pre;letter-spacing:0;color:var(--accent);font-family:ui-monospace,Consolas,"DejaVu Sans Mono",monospace}
figure{margin:1.25rem 0}
figcaption{font-weight:600;margin-bottom:.25rem;max-width:50rem}
figure svg{display:block;width:100%;min-width:44rem;height:auto}
details{margin:.4rem 0 1.25rem}
summary{cursor:pointer;color:var(--link)}
code{font:.85rem/1.5 ui-monospace,SFMono-Regular,Consolas,"DejaVu Sans Mono",monospace;background:var(--card);border-radius:.25rem;padding:.1rem .3rem;overflow-wrap:anywhere}
.commands{padding-left:1.4rem}
.commands li{margin:.35rem 0;scroll-margin-top:1rem}
.commands li:target code{outline:3px solid var(--accent)}
button.copy{font:inherit;font-size:.8rem;margin-left:.4rem;padding:.1rem .5rem;border:1px solid var(--line);border-radius:.3rem;background:var(--paper);color:var(--link);cursor:pointer}
footer{color:var(--muted);font-size:.9rem;margin-top:3rem;padding-bottom:3rem}
@media (max-width:34rem){body{font-size:15px}header{padding-top:1.25rem}.headlines{grid-template-columns:1fr 1fr}.headlines .value{font-size:1.5rem}}
@media print{
@page{size:A4;margin:16mm 14mm}
:root{color-scheme:light;${LIGHT_VARS}}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:10pt}
header,main,footer{max-width:none;padding:0}
.headlines{grid-template-columns:repeat(4,1fr)}
nav,details,button.copy{display:none}
h2{break-after:avoid;margin-top:1.5rem}
figure,.points>li,tr,.headlines{break-inside:avoid}
thead{display:table-header-group}
.scroll{overflow:visible}
figure svg{min-width:0}
table{font-size:8.5pt;width:100%}
th,td{min-width:0;padding:.3rem .4rem}th:first-child,td:first-child{min-width:0}
a{color:inherit;text-decoration:none}
}
`
