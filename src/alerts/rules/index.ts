/** The rules there are: one line each. Names, order, and settings with their defaults. */
import type { Rule } from '../rule.ts'
import { CAUSE_SPIKE_DEFAULTS, CauseSpikeRule, type CauseSpikeSettings } from './cause-spike.ts'
import { CLOCK_OFFSET_DEFAULTS, ClockOffsetRule, type ClockOffsetSettings } from './clock-offset.ts'
import { FAILURE_BURN_DEFAULTS, FailureBurnRule, type FailureBurnSettings } from './failure-burn.ts'
import { FEW_RULES, FewAreEnoughRule } from './few-are-enough.ts'
import { OwnRule } from './own/own-rule.ts'
import type { OwnRuleSpec } from './own/own-rule-spec.ts'
import { SKEW_SPIKE_DEFAULTS, SkewSpikeRule, type SkewSpikeSettings } from './skew-spike.ts'

/** Settings per rule; left out = default, false = off. */
export interface RuleSettings {
  skew_spike?: Partial<SkewSpikeSettings> | false
  clock_offset?: Partial<ClockOffsetSettings> | false
  cause_spike?: Partial<CauseSpikeSettings> | false
  failure_burn?: Partial<FailureBurnSettings> | false
  issuer_outage?: false
  refresh_reuse?: false
  stale_keys?: false
  /** Rules of one's own. */
  own?: readonly OwnRuleSpec[]
}

/** Names of the built-in rules, as in a configuration. */
export const BUILT_IN_RULES = [
  'skew_spike',
  'clock_offset',
  'cause_spike',
  'failure_burn',
  ...FEW_RULES.map((f) => f.rule),
] as const

export function createRules(settings: RuleSettings): Rule[] {
  const { skew_spike, clock_offset, cause_spike, failure_burn } = settings
  const rules: Rule[] = []
  if (skew_spike !== false) rules.push(new SkewSpikeRule({ ...SKEW_SPIKE_DEFAULTS, ...skew_spike }))
  if (clock_offset !== false) rules.push(new ClockOffsetRule({ ...CLOCK_OFFSET_DEFAULTS, ...clock_offset }))
  for (const few of FEW_RULES)
    if (settings[few.rule as keyof RuleSettings] !== false) rules.push(new FewAreEnoughRule(few))
  if (cause_spike !== false) rules.push(new CauseSpikeRule({ ...CAUSE_SPIKE_DEFAULTS, ...cause_spike }))
  if (failure_burn !== false) rules.push(new FailureBurnRule({ ...FAILURE_BURN_DEFAULTS, ...failure_burn }))
  for (const spec of settings.own ?? []) rules.push(new OwnRule(spec))
  return rules
}
