/**
 * Fleets unlike those that the estimators were made with: little evidence, odd evidence, clocks that misbehave in ways that
 * real ones do. Each says which hosts it is about; `score-fleet.ts` and the bench set what is told of them against the truth.
 */
import type { Random } from './random.ts'
import type { FleetPlan, HostPlan, IssuerPlan } from './simulate-fleet.ts'

export interface ClockShape {
  name: string
  /** `random`: for offsets and the like; the seed of the fleet is given by the caller. */
  plan(random: Random): Omit<FleetPlan, 'seed'>
  /** Why no log could tell the truth here: stated in docs/clocks.md, and not scored. */
  limit?: string
  /** Prefix of the hosts that the shape is about; the others are there to vote. */
  about?: string
}

const ISSUER: IssuerPlan = { name: 'https://id.example' }
const USUAL = { events: 400, fresh: 0.15 }

function hosts(count: number, name: string, plan: (i: number) => Partial<HostPlan>): HostPlan[] {
  return Array.from({ length: count }, (_, i) => ({ ...USUAL, ...plan(i), name: `${name}${i}` }))
}

/** Five hosts of the shape among twelve ordinary ones. */
function among(
  name: string,
  change: (random: Random) => Partial<HostPlan>,
  fleet: (random: Random) => Partial<Omit<FleetPlan, 'hosts' | 'seed'>> = () => ({}),
): ClockShape {
  return {
    name,
    about: 'h',
    plan: (random) => ({
      minutes: 120,
      issuers: [ISSUER],
      hosts: [
        ...hosts(5, 'h', () => ({
          delay_base_ms: random.between(3, 40),
          delay_mean_ms: random.between(10, 150),
          ...change(random),
        })),
        ...hosts(12, 'good', () => ({})),
      ],
      ...fleet(random),
    }),
  }
}

function beyond(limit: string, shape: ClockShape): ClockShape {
  return { ...shape, limit }
}

/** A good clock in some, a wrong one in the others. */
const anyOffset = (random: Random) => (random.chance(0.5) ? 0 : random.between(-60_000, 60_000))

/** Ten hosts that log nothing themselves, all requests of which pass one gateway. */
function behindGateway(name: string, way: Partial<NonNullable<HostPlan['gateway']>> = {}): ClockShape {
  return {
    name,
    about: 'h',
    plan: (random) => ({
      minutes: 120,
      issuers: [ISSUER],
      hosts: hosts(10, 'h', () => ({
        shows: 'none',
        offset_ms: anyOffset(random),
        gateway: { name: 'gw', share: 1, ...way, shows_iat: true },
      })),
      gateways: [{ name: 'gw', offset_ms: 0 }],
    }),
  }
}

export const CLOCK_SHAPES: readonly ClockShape[] = [
  among('any offset', (r) => ({ offset_ms: anyOffset(r) })),
  among(
    'with a log of the issuances',
    (r) => ({ offset_ms: anyOffset(r) }),
    () => ({
      issuers: [{ ...ISSUER, log_host: 'auth-1' }],
    }),
  ),
  {
    name: 'three issuers, one of them 40 s ahead',
    about: 'h',
    plan: (r) => ({
      minutes: 120,
      issuers: [ISSUER, { name: 'https://two.example' }, { name: 'https://three.example', offset_ms: 40_000 }],
      hosts: [
        ...hosts(6, 'h', () => ({ offset_ms: anyOffset(r), gateway: { name: 'gw', share: 0.2 } })),
        ...hosts(6, 'ha', () => ({ issuer: 'https://two.example', gateway: { name: 'gw', share: 0.2 } })),
        ...hosts(6, 'hb', () => ({ issuer: 'https://three.example', gateway: { name: 'gw', share: 0.2 } })),
      ],
      gateways: [{ name: 'gw' }],
    }),
  },
  {
    name: 'three issuers that no record names',
    limit: 'taken for the only issuer that any record names',
    about: 'h',
    plan: () => ({
      minutes: 120,
      issuers: [
        ISSUER,
        { name: 'https://two.example', offset_ms: -3_000 },
        { name: 'https://three.example', lifetime_ms: 3_600_000 },
      ],
      hosts: [
        ...hosts(6, 'h', (i) => ({
          unnamed: true,
          issuer: [ISSUER.name, 'https://two.example', 'https://three.example'][i % 3]!,
        })),
        ...hosts(6, 'good', () => ({})),
      ],
    }),
  },
  among('only refusals are logged', (r) => ({ logs: 'refusals', events: 3_000, offset_ms: anyOffset(r) })),
  among('only refusals; jobs come back every few minutes', () => ({
    logs: 'refusals',
    events: 160,
    traffic: 'returning',
  })),
  among('jobs come back every few minutes', () => ({ events: 160, traffic: 'returning' })),
  {
    name: 'every host logs refusals alone, jobs come back',
    plan: () => ({
      minutes: 120,
      issuers: [ISSUER],
      hosts: hosts(8, 'h', () => ({ logs: 'refusals', events: 160, traffic: 'returning' })),
    }),
  },
  behindGateway('claims at the gateway alone'),
  {
    name: 'one host alone, any offset',
    plan: (r) => ({ minutes: 120, issuers: [ISSUER], hosts: hosts(1, 'h', () => ({ offset_ms: anyOffset(r) })) }),
  },
  {
    name: 'all hosts behind by the same 30 s',
    plan: () => ({ minutes: 120, issuers: [ISSUER], hosts: hosts(8, 'h', () => ({ offset_ms: -30_000 })) }),
  },
  {
    name: 'the issuer ahead by 30 s, received live',
    plan: () => ({
      minutes: 120,
      issuers: [{ ...ISSUER, offset_ms: 30_000 }],
      hosts: hosts(8, 'h', () => ({ shipping: { floor_ms: 50, mean_ms: 200 } })),
    }),
  },
  {
    name: 'all hosts behind by 30 s, received live',
    plan: () => ({
      minutes: 120,
      issuers: [ISSUER],
      hosts: hosts(8, 'h', () => ({ offset_ms: -30_000, shipping: { floor_ms: 50, mean_ms: 200 } })),
    }),
  },
  among('summer time ends in local stamps', () => ({ zone_jump: { minute: 50, by_ms: -3_600_000 } })),
  among('summer time begins in local stamps', () => ({
    zone_ms: 3_600_000,
    zone_jump: { minute: 70, by_ms: 3_600_000 },
  })),
  among('stamps one hour off and the clock 7 s', () => ({ zone_ms: -3_600_000, offset_ms: 7_000 })),
  among(
    'the issuer writes milliseconds',
    (r) => ({ offset_ms: anyOffset(r) }),
    () => ({
      issuers: [{ ...ISSUER, in_milliseconds: true, iat_resolution_ms: 1 }],
    }),
  ),
  among(
    'iat of 1 ms, stamps of 1 ms',
    (r) => ({ offset_ms: anyOffset(r), log_resolution_ms: 1 }),
    () => ({
      issuers: [{ ...ISSUER, iat_resolution_ms: 1 }],
    }),
  ),
  among('set back 40 s', () => ({ steps: [{ minute: 60, by_ms: -40_000 }] })),
  among('set back 4 min, late', () => ({ steps: [{ minute: 95, by_ms: -240_000 }] })),
  among('drifts by 60 ppm and is set right', (r) => ({
    drift_ppm: 60,
    steps: [{ minute: r.between(50, 70), by_ms: -10_000 }],
    offset_ms: 9_700,
  })),
  among('steered back by NTP, 500 ppm', () => ({ offset_ms: 900, slews: [{ minute: 45, minutes: 30, ppm: -500 }] })),
  among('paused for 90 s, set right 10 min later', (r) => {
    const minute = r.between(40, 60)
    return {
      steps: [
        { minute, by_ms: -90_000 },
        { minute: minute + 10, by_ms: 90_000 },
      ],
    }
  }),
  among('paused for 90 s, never set right', (r) => ({ steps: [{ minute: r.between(40, 60), by_ms: -90_000 }] })),
  among('suspended at night: four pauses', () => ({
    steps: [20, 45, 70, 95].flatMap((minute) => [
      { minute, by_ms: -20_000 },
      { minute: minute + 4, by_ms: 20_000 },
    ]),
  })),
  behindGateway('paths of 2 ms there, 300 ms back', { request_ms: 2, response_ms: 300 }),
  beyond(
    'a stamp is not the time of the event: all tokens look older',
    among('lines stamped when flushed, every 5 s', () => ({ flush_ms: 5_000 })),
  ),
  beyond(
    'a stamp is not the time of the event: all tokens look older',
    among('lines stamped when flushed, every 1 s, of 1 ms', () => ({ flush_ms: 1_000, log_resolution_ms: 1 })),
  ),
  among('records shipped late in bulk', () => ({
    decoys: ['shipping_backlog'],
    shipping: { floor_ms: 2_000, mean_ms: 9_000 },
  })),
  beyond(
    'without dither a second is the finest that can be told',
    among('locked to the second', (r) => ({ on_the_second: true, offset_ms: anyOffset(r) })),
  ),
  beyond(
    'a delay that every token has is a bias',
    among('clients far away: 400 ms at least', () => ({ delay_base_ms: 400, delay_mean_ms: 300 })),
  ),
  among('50 events, 2 % fresh', (r) => ({ events: 50, fresh: 0.02, offset_ms: anyOffset(r) })),
  among('no token is fresh', (r) => ({ fresh: 0, offset_ms: anyOffset(r) })),
  among(
    'tokens of an hour',
    (r) => ({ offset_ms: anyOffset(r) }),
    () => ({ issuers: [{ ...ISSUER, lifetime_ms: 3_600_000 }] }),
  ),
  among(
    'nbf 5 s after iat',
    (r) => ({ offset_ms: anyOffset(r) }),
    () => ({ issuers: [{ ...ISSUER, nbf_delay_ms: 5_000 }] }),
  ),
  beyond(
    'iat is the only clock of the issuer that shows',
    among(
      'iat set back by 60 s, no log of the issuances',
      (r) => ({ offset_ms: anyOffset(r) }),
      () => ({
        issuers: [{ ...ISSUER, backdate_ms: 60_000 }],
      }),
    ),
  ),
]
