/**
 * Prometheus rules over the metrics that a collector serves: for those who page from Prometheus, and for what no collector can
 * say of itself (that it is gone). `promtool check rules` takes them; a test holds their metrics against those served.
 */
import { stringify } from 'yaml'

interface PrometheusRule {
  alert: string
  expr: string
  for: string
  labels: { severity: 'critical' | 'warning' | 'info' }
  annotations: { summary: string; description: string }
}

const RULES: readonly PrometheusRule[] = [
  {
    alert: 'AuthtopAlertFiring',
    expr: 'sum by (instance, rule) (authtop_alert_firing{severity="critical"}) > 0',
    for: '0m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'authtop: {{ $labels.rule }} fires',
      description: 'What, where and why: authtop alerts list --firing',
    },
  },
  {
    alert: 'AuthtopWarningFiring',
    expr: 'sum by (instance, rule) (authtop_alert_firing{severity="warning"}) > 0',
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'authtop: {{ $labels.rule }} fires',
      description: 'What, where and why: authtop alerts list --firing',
    },
  },
  {
    alert: 'AuthtopGone',
    expr: 'absent(authtop_source_followed)',
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'no authtop collector is scraped',
      description: 'Failures are not seen meanwhile: systemctl status authtop',
    },
  },
  {
    alert: 'AuthtopClockOff',
    expr: 'authtop_host_clock_offset_low_seconds > 5 or -authtop_host_clock_offset_high_seconds > 5',
    for: '10m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'the clock of {{ $labels.host }} is certainly {{ $value | humanizeDuration }} off or more',
      description: 'Check NTP there: chronyc tracking, timedatectl; authtop skew shows the evidence',
    },
  },
  {
    alert: 'AuthtopSlowCommits',
    expr: 'histogram_quantile(0.99, sum by (instance, le) (rate(authtop_commit_duration_seconds_bucket[10m]))) > 1',
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'the disk under {{ $labels.instance }} is slow: commits take {{ $value | humanizeDuration }}',
      description: 'Reading waits for it: look at the disk that holds the store',
    },
  },
  {
    alert: 'AuthtopSourceUnreadable',
    expr: 'authtop_source_followed{state="unreadable"} > 0',
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: '{{ $value }} sources of {{ $labels.instance }} cannot be read',
      description: 'Their errors: authtop query "SELECT name, error FROM sources WHERE error IS NOT NULL"',
    },
  },
  {
    alert: 'AuthtopNoticesWait',
    expr: 'authtop_notice_waiting > 0',
    for: '30m',
    labels: { severity: 'warning' },
    annotations: {
      summary: '{{ $labels.sink }} takes no notices: {{ $value }} wait',
      description: 'Try it: authtop alerts send-test {{ $labels.sink }} -c authtop.yaml',
    },
  },
]

export function prometheusRules(): string {
  return stringify({ groups: [{ name: 'authtop', rules: RULES }] }, { lineWidth: 0 })
}
