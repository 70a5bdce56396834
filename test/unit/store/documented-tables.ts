/** Tables of docs/sql.md with the columns it lists for each, in its order. */
import { readFileSync } from 'node:fs'

export const MANUAL = readFileSync(new URL('../../../docs/sql.md', import.meta.url), 'utf8')

export const DOCUMENTED_TABLES = MANUAL.split(/^## /m)
  .slice(1)
  .map((section) => ({
    table: /^\w+/.exec(section)![0],
    columns: [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, column]) => column),
  }))
