import { expect, test } from 'vitest'
import { type Job, ScheduleFolder } from '../../../../src/app/schedule/job.ts'
import { runDue } from '../../../../src/app/schedule/run-due.ts'
import { parseWeekly } from '../../../../src/app/schedule/weekly.ts'
import { scratch } from '../../../cli/authtop.ts'

const home = scratch()
const JOB: Job = { ...parseWeekly('Mon 08:00')!, zone: 'Europe/Paris', args: ['--out', 'r-{week}.html'], waker: 'none' }
const NOW = Date.parse('2026-11-17T09:00:00Z')
let made = 0

async function setUp(done: string, job = JOB) {
  const folder = new ScheduleFolder({ config: `${home}/${++made}/c`, state: `${home}/${made}/s` })
  await folder.write('weekly', job, Date.parse(done))
  const asked: string[][] = []
  const run = (code: number | ((n: number) => number), now = NOW) =>
    runDue(folder, 'weekly', job, now, async (args) => {
      asked.push([...args])
      return typeof code === 'number' ? code : code(asked.length)
    })
  return { folder, asked, run }
}

test('each missed week gets its own report, oldest first, over a change of the clocks', async () => {
  const { asked, run } = await setUp('2026-10-26T12:00:00Z')
  expect(await run(0)).toEqual({ sent: 3, code: 0 })
  expect(asked).toEqual([
    ['--out', 'r-2026-10-26.html', '--since', '2026-10-25T23:00:00.000Z', '--until', '2026-11-01T23:00:00.000Z'],
    ['--out', 'r-2026-11-02.html', '--since', '2026-11-01T23:00:00.000Z', '--until', '2026-11-08T23:00:00.000Z'],
    ['--out', 'r-2026-11-09.html', '--since', '2026-11-08T23:00:00.000Z', '--until', '2026-11-15T23:00:00.000Z'],
  ])
  expect(await run(0)).toEqual({ sent: 0, code: 0 })
})

test('a report that did not go out is tried again, those before it are not', async () => {
  const { asked, run } = await setUp('2026-10-26T12:00:00Z')
  expect(await run((n) => (n === 2 ? 3 : 0))).toEqual({ sent: 1, code: 3 })
  expect(await run(1)).toEqual({ sent: 2, code: 1 })
  expect(asked.map((args) => args[1])).toEqual([
    'r-2026-10-26.html',
    'r-2026-11-02.html',
    'r-2026-11-02.html',
    'r-2026-11-09.html',
  ])
})

test("of a long absence only the last weeks are told, and a period of one's own is told once", async () => {
  const long = await setUp('2025-01-01T00:00:00Z')
  expect((await long.run(0)).sent).toBe(4)
  const own = await setUp('2026-10-01T00:00:00Z', { ...JOB, args: ['--since=30d'] })
  expect((await own.run(0)).sent).toBe(1)
  expect(own.asked).toEqual([['--since=30d']])
})
