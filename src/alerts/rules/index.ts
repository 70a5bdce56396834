/** The rules there are: one line each. Names, order of the help, and settings with their defaults. */
import type { Rule } from '../rule.ts'
import { SKEW_SPIKE_DEFAULTS, SkewSpikeRule, type SkewSpikeSettings } from './skew-spike.ts'

/** Settings per rule; left out = default, false = off. */
export interface RuleSettings {
  skew_spike?: Partial<SkewSpikeSettings> | false
}

export function createRules(settings: RuleSettings): Rule[] {
  const rules: Rule[] = []
  if (settings.skew_spike !== false) rules.push(new SkewSpikeRule({ ...SKEW_SPIKE_DEFAULTS, ...settings.skew_spike }))
  return rules
}
