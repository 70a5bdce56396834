/** The HTML report in a real Chromium: accessible, self-contained, readable at every width, and hostile names stay text. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authtop, scratch } from '../../cli/authtop.ts'
import { writeRawWeeks } from './raw-weeks.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const HOSTILE = [
  '<script>document.title="owned"</script>',
  '"><img src=x onerror=alert(1)>',
  '\u202egnp.exe',
  '\u001b[2Jred',
  "'-alert(1)-'",
]
const DAY_MS = 86_400_000
/** A Monday, some weeks ago, so that retention keeps everything. */
const MONDAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - ((new Date().getUTCDay() + 6) % 7) * DAY_MS - 14 * DAY_MS

const home = scratch()
const page = join(home, 'week.html')

describe.skipIf(CHROMIUM === undefined)('the HTML report', () => {
  let browser: Browser

  beforeAll(async () => {
    const raw = writeRawWeeks({
      folder: join(home, 'raw'),
      from_ms: MONDAY_MS - 7 * DAY_MS,
      to_ms: MONDAY_MS + 7 * DAY_MS,
      seed: 3,
      per_hour: 12,
      worse_from_ms: MONDAY_MS + 3 * DAY_MS,
      silent: { from_ms: MONDAY_MS + DAY_MS, to_ms: MONDAY_MS + DAY_MS + 5 * 3_600_000 },
      more_clients: HOSTILE,
    })
    const db = join(home, 'weeks.db')
    await authtop(home, ['collect', '--once', '--db', db, raw.paths])
    const since = new Date(MONDAY_MS).toISOString()
    const until = new Date(MONDAY_MS + 7 * DAY_MS).toISOString()
    const ran = await authtop(home, [
      'report',
      '--db',
      db,
      '--since',
      since,
      '--until',
      until,
      '--format',
      'html',
      '--out',
      page,
    ])
    expect(ran.code, ran.stderr).toBe(0)
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] })
  })

  afterAll(() => browser?.close())

  async function open(width: number, colorScheme: 'light' | 'dark', said: string[] = []): Promise<Page> {
    const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, bypassCSP: false })
    tab.on('console', (message) => said.push(message.text()))
    tab.on('pageerror', (error) => said.push(error.message))
    tab.on('dialog', (dialog) => said.push(`dialog ${dialog.message()}`))
    tab.on('request', (request) => {
      if (!request.url().startsWith('file:')) said.push(`request ${request.url()}`)
    })
    await tab.goto(`file://${page}`)
    return tab
  }

  test.each([
    [1100, 'light'],
    [400, 'dark'],
  ] as const)('at %d px in %s has nothing serious for axe, and does not scroll sideways', async (width, scheme) => {
    const tab = await open(width, scheme)
    await tab.locator('summary').first().click()
    // The devtools protocol is not bound by the page's policy; a script element would be.
    await tab.evaluate(axe.source)
    const violations = await tab.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => [impact, id, nodes[0].html].join(' ')))",
    )
    expect(violations).toEqual([])
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    await tab.close()
  })

  test('loads nothing, runs nothing of what a log line held, and shows it as text', async () => {
    const said: string[] = []
    const tab = await open(1100, 'light', said)
    const text = await tab.locator('body').innerText()
    expect(text).toContain('<script>document.title="owned"</script>')
    expect(text).toContain('"><img src=x onerror=alert(1)>')
    expect(text).toContain('<U+202E>gnp.exe')
    expect(text).toContain('^[[2Jred')
    expect(await tab.title()).toMatch(/^Authentication failures/)
    expect(await tab.locator('img').count()).toBe(0)
    expect(said).toEqual([])
    await tab.close()
  })

  test('the policy refuses whatever else might be smuggled in', async () => {
    const said: string[] = []
    const tab = await open(1100, 'light', said)
    await tab.evaluate(
      `{ const script = document.createElement('script'); script.textContent = 'document.title = "owned"'; document.body.append(script) }`,
    )
    expect(await tab.title()).not.toBe('owned')
    expect(said.join()).toContain('Content Security Policy')
    await tab.close()
  })

  test('a figure leads to the command that lists its incidents', async () => {
    const tab = await open(1100, 'light')
    const target = tab.locator('li:target code')
    for (const option of ['--kind', '--cause']) {
      const id = await tab.locator('li code', { hasText: option }).first().locator('xpath=..').getAttribute('id')
      await tab.locator(`table a[href="#${id}"]`).first().click()
      expect(await target.innerText()).toMatch(new RegExp(`^authtop failures .*${option} `))
    }
    await tab.close()
  })

  test('charts are pictures with a name and a table behind, and silent hours are marked', async () => {
    const tab = await open(1100, 'light')
    const charts = tab.locator('svg[role=img]')
    const names = await Promise.all((await charts.all()).map((chart) => chart.getAttribute('aria-label')))
    expect(names).toEqual([
      expect.stringMatching(/^Failures /),
      expect.stringMatching(/^Failures /),
      expect.stringMatching(/^Clock/),
    ])
    expect(await tab.locator('figure + details table').count()).toBe(names.length)
    expect(await charts.first().locator('path[fill="var(--gap)"]').count()).toBeGreaterThanOrEqual(5)
    await tab.close()
  })

  test('prints on A4 without cutting tables off', async () => {
    const tab = await open(1100, 'dark')
    await tab.emulateMedia({ media: 'print' })
    const background = await tab.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(background).toBe('rgb(255, 255, 255)')
    // 182 mm between the margins, at 96 px an inch.
    await tab.setViewportSize({ width: 688, height: 1000 })
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(688)
    const pdf = await tab.pdf({ preferCSSPageSize: true })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    await tab.close()
  })
})
