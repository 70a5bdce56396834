/** Notices on standard output: JSON lines for machines, or words. */
import { z } from 'zod'
import { noticeJson } from '../notice-json.ts'
import { noticeTitle } from '../notice-text.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({ format: z.enum(['json', 'text']).default('json') })

export const stdoutSink: SinkType<z.infer<typeof schema>> = {
  type: 'stdout',
  about: 'one line per notice on standard output, as JSON or text',
  schema,
  open: ({ format }) => ({
    send: (notice) =>
      new Promise((resolve) => {
        const line = format === 'json' ? JSON.stringify(noticeJson(notice)) : printable(noticeTitle(notice))
        process.stdout.write(`${line}\n`, (error) =>
          resolve(
            error == null
              ? { ok: true }
              : { ok: false, retry: true, error: `cannot write (${(error as NodeJS.ErrnoException).code})` },
          ),
        )
      }),
  }),
}

/** Labels come from logs that others write: no control character reaches a terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '�')
}
