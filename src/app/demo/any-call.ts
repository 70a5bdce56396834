/** One of the calls people make, with the scope it needs; they read more than they pay. */
import type { Call, Route } from './gateway.ts'
import type { Random } from './random.ts'

/** A call without the caller. */
export type Errand = Pick<Call, 'route' | 'method' | 'url' | 'scope'>

export function anyCall(random: Random): Errand {
  const route: Route = random.pick(['orders', 'orders', 'orders', 'reports', 'payments'])
  const id = random.between(1_000, 9_999)
  if (route === 'orders') return { route, method: 'GET', url: `/orders/${id}`, scope: 'orders:read' }
  if (route === 'reports') return { route, method: 'GET', url: `/reports/${id}?format=csv`, scope: 'reports:read' }
  return random.chance(0.04)
    ? { route, method: 'POST', url: '/payments', scope: 'payments:write' }
    : { route, method: 'GET', url: `/payments/${id}`, scope: 'payments:read' }
}
