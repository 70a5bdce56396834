/** Any program: argument vector from the configuration, the alert as JSON on standard input. Nothing of a log becomes an argument. */
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { noticeJson } from '../notice-json.ts'
import { runProgram } from './run-program.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({
  /** Program and its arguments; no shell, no templates. */
  command: z.tuple([z.string().min(1)], z.string()),
  timeout: duration('10s'),
})

export const execSink: SinkType<z.infer<typeof schema>> = {
  type: 'exec',
  about: 'a program with the alert as JSON on standard input; exit code 75 asks for another try',
  schema,
  open: ({ command, timeout }) => ({
    send: (notice, signal) => runProgram(command, `${JSON.stringify(noticeJson(notice))}\n`, timeout, signal),
  }),
}
