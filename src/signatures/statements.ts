/**
 * Speech without stack frames: what was said, without the source lines and file names a trace quotes. Loose phrasings are
 * looked for here, because a Python trace quotes the code that *could* raise "Invalid issuer" beside the error that was.
 */

/** `    at x.y(File.java:7)`, `  File "x.py", line 7, in f`, `\t... 12 more`, `/app/x.rb:7:in 'f'` (but not `/app/x.rb:7:in 'f': Message (Class)`), `\t/src/x.go:7 +0x1f`, `    ~~~^^^` */
const FRAME =
  /^\s+at |^\s*File "|^\s+\.\.\. \d|^\s*(?:from )?\/\S{1,300}:\d+:in [`'][^'\n]{1,200}'\s*$|^\s+\/\S{1,300}\.go:\d|^\s*[~^]+\s*$|^goroutine \d/
const PYTHON_FRAME = /^\s*File "/

export function statementsOf(speech: string): string {
  if (!speech.includes('\n')) return speech
  const kept: string[] = []
  let quoted = false
  for (const line of speech.split('\n')) {
    if (FRAME.test(line)) {
      quoted = PYTHON_FRAME.test(line)
      continue
    }
    // The line under a Python frame is the source it quotes; it is indented deeper than any message.
    if (quoted && /^\s{4}/.test(line)) continue
    quoted = false
    kept.push(line)
  }
  return kept.join('\n')
}
