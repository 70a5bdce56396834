/**
 * A Grafana dashboard over the metrics that a collector serves: what fails and why, alerts, clocks, and whether the collector
 * itself is well. Made by hand-chosen panels, not from a list: each answers a question. A test holds its metrics against
 * those that are really served. https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */

type Panel = Readonly<Record<string, unknown>>

/** Grafana's own placeholder. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana that fills it in
const SOURCE = { type: 'prometheus', uid: '${source}' }
/** A row of the grid is 24 wide. */
const HALF = 12
const HEIGHT = 8

interface Question {
  title: string
  description: string
  type: 'timeseries' | 'stat' | 'table'
  unit: string
  queries: readonly { expr: string; legend: string }[]
}

const QUESTIONS: readonly Question[] = [
  {
    title: 'Failed requests by cause',
    description: 'Why requests fail, per minute',
    type: 'timeseries',
    unit: 'short',
    queries: [
      {
        expr: 'sum by (cause) (rate(authtop_incidents_total{instance=~"$instance",revised="false"}[$__rate_interval])) * 60',
        legend: '{{cause}}',
      },
    ],
  },
  {
    title: 'Share of auth steps that fail',
    description: 'Failed records among all recognised ones',
    type: 'timeseries',
    unit: 'percentunit',
    queries: [
      {
        expr: 'sum(rate(authtop_records_total{instance=~"$instance",outcome="failure"}[$__rate_interval])) / sum(rate(authtop_records_total{instance=~"$instance",outcome=~"success|failure"}[$__rate_interval]))',
        legend: 'failing',
      },
    ],
  },
  {
    title: 'Clocks: offset of each host',
    description: 'Positive: the clock is ahead of its reference',
    type: 'timeseries',
    unit: 's',
    queries: [{ expr: 'authtop_host_clock_offset_seconds{instance=~"$instance"}', legend: '{{host}}' }],
  },
  {
    title: 'Clocks that are certainly off',
    description: 'How far at least, whichever way: the near end of the interval',
    type: 'timeseries',
    unit: 's',
    queries: [
      { expr: 'authtop_host_clock_offset_low_seconds{instance=~"$instance"} > 0', legend: '{{host}} ahead' },
      { expr: '-authtop_host_clock_offset_high_seconds{instance=~"$instance"} > 0', legend: '{{host}} behind' },
    ],
  },
  {
    title: 'Firing alerts',
    description: 'By rule and severity',
    type: 'timeseries',
    unit: 'short',
    queries: [
      {
        expr: 'sum by (rule, severity) (authtop_alert_firing{instance=~"$instance"})',
        legend: '{{rule}} ({{severity}})',
      },
    ],
  },
  {
    title: 'Notices not yet taken',
    description: 'Waiting in the outbox, by sink',
    type: 'timeseries',
    unit: 'short',
    queries: [{ expr: 'authtop_notice_waiting{instance=~"$instance"}', legend: '{{sink}}' }],
  },
  {
    title: 'Records read',
    description: 'Per second, by what they were',
    type: 'timeseries',
    unit: 'short',
    queries: [
      {
        expr: 'sum by (outcome) (rate(authtop_records_total{instance=~"$instance"}[$__rate_interval]))',
        legend: '{{outcome}}',
      },
    ],
  },
  {
    title: 'The collector itself',
    description: 'Age of the newest record, and the 99th percentile of a commit',
    type: 'timeseries',
    unit: 's',
    queries: [
      { expr: 'authtop_collector_lag_seconds{instance=~"$instance"}', legend: 'age of the newest record' },
      {
        expr: 'histogram_quantile(0.99, sum by (le) (rate(authtop_commit_duration_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
        legend: 'commit, p99',
      },
    ],
  },
  {
    title: 'Sources that cannot be read',
    description: 'Permissions, damaged archives',
    type: 'stat',
    unit: 'short',
    queries: [{ expr: 'sum(authtop_source_followed{instance=~"$instance",state="unreadable"})', legend: 'unreadable' }],
  },
]

export function grafanaDashboard(): Readonly<Record<string, unknown>> {
  return {
    title: 'authtop',
    uid: 'authtop',
    tags: ['authtop', 'authentication'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { name: 'source', label: 'Data source', type: 'datasource', query: 'prometheus' },
        {
          name: 'instance',
          label: 'Collector',
          type: 'query',
          datasource: SOURCE,
          query: { query: 'label_values(authtop_records_total, instance)', refId: 'instance' },
          refresh: 2,
          includeAll: true,
          multi: true,
          allValue: '.*',
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    panels: QUESTIONS.map(panelOf),
  }
}

function panelOf({ title, description, type, unit, queries }: Question, i: number): Panel {
  return {
    id: i + 1,
    title,
    description,
    type,
    datasource: SOURCE,
    gridPos: { x: (i % 2) * HALF, y: Math.floor(i / 2) * HEIGHT, w: HALF, h: HEIGHT },
    fieldConfig: { defaults: { unit }, overrides: [] },
    options:
      type === 'timeseries' ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } } : {},
    targets: queries.map(({ expr, legend }, n) => ({
      refId: String.fromCharCode(65 + n),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
    })),
  }
}
