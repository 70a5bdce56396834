import { expect, test } from 'vitest'
import { mostTelling, tellingPlaces } from '../../../../dashboards/report/telling-place.ts'
import type { Concentration } from '../../../../src/core/report.ts'

const places: Concentration[] = [
  { dimension: 'service', value: 'media', failures: 44, share: 1 },
  { dimension: 'host', value: 'media-2', failures: 44, share: 1 },
]

test('wrong clocks are told by host, which somebody has to set; other failures where they are concentrated', () => {
  expect(mostTelling('skew', places)?.value).toBe('media-2')
  expect(mostTelling('misconfiguration', places)?.value).toBe('media')
  expect(mostTelling('skew', places.slice(0, 1))?.value).toBe('media')
  expect(tellingPlaces('skew')[0]).toBe('host')
  expect(tellingPlaces('expiry')[0]).toBe('client_id')
})
