/** `authtop alerts test`: unit tests of rules, as promtool has them. */
import type { Command } from 'commander'
import { toPrintable } from '../../../dashboards/terminal/printable.ts'
import { loadRuleTests } from '../../app/alerts/rule-test/rule-test-file.ts'
import { type Disagreement, runRuleTest } from '../../app/alerts/rule-test/run-rule-test.ts'
import { readingConfig } from '../config-option.ts'
import { EXIT } from '../exit-code.ts'
import { print } from '../output.ts'

export function alertsTest(alerts: Command): void {
  const command = alerts
    .command('test')
    .summary('unit tests of rules')
    .description(
      'Runs unit tests of rules: feeds the failures, traffic and clocks of a YAML file to the engine that runs live, and compares which alerts fire when. docs/alerts.md describes the file.',
    )
    .argument('<file...>', 'YAML files with tests')
    .option('-q, --quiet', 'print only what went wrong')
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop alerts test rules-test.yaml

Exit codes: 0 all as expected, 1 not all, 2 wrong usage or a mistake in a file, 3 cannot read a file.`,
  )
  command.action(async (files: string[], { quiet }: { quiet?: boolean }) => {
    let failed = 0
    let passed = 0
    for (const file of files) {
      const tests = readingConfig(file, () => loadRuleTests(file))
      for (const [i, test] of tests.tests.entries()) {
        const wrong = runRuleTest(tests, test)
        if (wrong.length === 0) passed++
        else failed++
        if (wrong.length > 0 || !quiet)
          await print(`${wrong.length === 0 ? 'ok    ' : 'FAILED'}  ${toPrintable(`${file}: ${test.name}`)}\n`)
        for (const each of wrong) await print(story(each, `${file}:${tests.placeOf(i, each.expectation)}`))
      }
    }
    if (!quiet || failed > 0) await print(`${passed} passed, ${failed} failed\n`)
    if (failed > 0) process.exitCode = EXIT.alarming
  })
}

function story({ at_ms, rule, lines }: Disagreement, place: string): string {
  const head = `${place}: ${rule === null ? 'alerts' : `alerts of ${rule}`} at ${at_ms / 60_000} min (- expected, + fired)`
  return [head, ...lines.map((l) => `  ${l}`)].map((l) => `        ${toPrintable(l)}\n`).join('')
}
