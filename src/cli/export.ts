/** `authtop export`: files for the tools that watch a collector. */
import type { Command } from 'commander'
import { grafanaDashboard } from '../../dashboards/grafana/dashboard.ts'
import { prometheusRules } from '../../dashboards/grafana/prometheus-rules.ts'
import { print } from './output.ts'

export function exportCommand(program: Command): void {
  const command = program
    .command('export')
    .summary('a Grafana dashboard and Prometheus rules')
    .description('Prints what watches a collector over the metrics it serves (service.listen in its configuration).')
  command
    .command('grafana')
    .summary('a dashboard (JSON)')
    .description('Prints a Grafana dashboard as JSON: Dashboards, New, Import.')
    .action(async () => print(`${JSON.stringify(grafanaDashboard(), null, 2)}\n`))
  command
    .command('prometheus-rules')
    .summary('alerting rules (YAML)')
    .description('Prints alerting rules for Prometheus: name the file under rule_files.')
    .action(async () => print(prometheusRules()))
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop export grafana > authtop-dashboard.json
  $ authtop export prometheus-rules > /etc/prometheus/rules/authtop.yml

Exit codes: 0 fine, 2 wrong usage.`,
  )
}
