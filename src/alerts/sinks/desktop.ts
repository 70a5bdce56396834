/** A notification on the desktop of the machine that runs authtop: notify-send on Linux, osascript on macOS. */
import { z } from 'zod'
import { duration } from '../duration-setting.ts'
import { noticeTitle } from '../notice-text.ts'
import { runProgram } from './run-program.ts'
import type { SinkType } from './sink-type.ts'

const schema = z.strictObject({ timeout: duration('5s') })
const URGENCY = { critical: 'critical', warning: 'normal', info: 'low' } as const

export const desktopSink: SinkType<z.infer<typeof schema>> = {
  type: 'desktop',
  about: 'a desktop notification on this machine',
  schema,
  open: ({ timeout }) => ({
    send: (notice, signal) => {
      const title = noticeTitle(notice)
      const command: [string, ...string[]] =
        process.platform === 'darwin'
          ? // The text goes in as an argument, never into the script.
            [
              'osascript',
              '-e',
              'on run argv',
              '-e',
              'display notification (item 1 of argv) with title "authtop"',
              '-e',
              'end run',
              title,
            ]
          : [
              'notify-send',
              '--app-name=authtop',
              `--urgency=${URGENCY[notice.alert.severity]}`,
              '--',
              'authtop',
              escapeMarkup(title),
            ]
      return runProgram(command, '', timeout, signal)
    },
  }),
}

/** Bodies are markup in the desktop notification specification. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
