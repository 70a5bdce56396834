import { expect, test } from 'vitest'
import { containerOf } from '../../../../collectors/file/container-path.ts'

const ORDERS = { namespace: 'shop', pod: 'orders-7d9f-x2x', container: 'api' }

test('a container’s log file tells its pod, whether by folder, link or rotated', () => {
  const folder = '/var/log/pods/shop_orders-7d9f-x2x_0b7c1d2e-1111-4222-8333-444455556666/api'
  expect(containerOf(`${folder}/0.log`)).toEqual(ORDERS)
  expect(containerOf(`${folder}/0.log.20261116-091201.gz`)).toEqual(ORDERS)
  expect(containerOf(`/var/log/containers/orders-7d9f-x2x_shop_api-${'ab'.repeat(32)}.log`)).toEqual(ORDERS)
})

test('other files tell none', () => {
  for (const path of [
    'stdin',
    '/var/log/app.log',
    '/var/log/containers/app.log',
    '/var/lib/docker/containers/ab/ab-json.log',
  ])
    expect(containerOf(path)).toBeNull()
})
