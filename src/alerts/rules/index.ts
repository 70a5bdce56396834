/** The rules there are: one line each. Names, order, and settings with their defaults. */
import type { Rule } from '../rule.ts'
import { CAUSE_SPIKE_DEFAULTS, CauseSpikeRule, type CauseSpikeSettings } from './cause-spike.ts'
import { CLOCK_OFFSET_DEFAULTS, ClockOffsetRule, type ClockOffsetSettings } from './clock-offset.ts'
import { FAILURE_BURN_DEFAULTS, FailureBurnRule, type FailureBurnSettings } from './failure-burn.ts'
import { FEW_RULES, FewAreEnoughRule } from './few-are-enough.ts'
import { NEW_TEMPLATE_DEFAULTS, NewTemplateRule, type NewTemplateSettings } from './new-template.ts'
import { OwnRule } from './own/own-rule.ts'
import type { OwnRuleSpec } from './own/own-rule-spec.ts'
import { RECOGNITION_LOST_DEFAULTS, RecognitionLostRule, type RecognitionLostSettings } from './recognition-lost.ts'
import { SILENT_SOURCE_DEFAULTS, SilentSourceRule, type SilentSourceSettings } from './silent-source.ts'
import { SKEW_SPIKE_DEFAULTS, SkewSpikeRule, type SkewSpikeSettings } from './skew-spike.ts'

/** Settings per rule; left out = default, false = off. */
export interface RuleSettings {
  skew_spike?: Partial<SkewSpikeSettings> | false
  clock_offset?: Partial<ClockOffsetSettings> | false
  cause_spike?: Partial<CauseSpikeSettings> | false
  failure_burn?: Partial<FailureBurnSettings> | false
  silent_source?: Partial<SilentSourceSettings> | false
  recognition_lost?: Partial<RecognitionLostSettings> | false
  new_template?: Partial<NewTemplateSettings> | false
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
  'silent_source',
  'recognition_lost',
  'new_template',
  ...FEW_RULES.map((f) => f.rule),
] as const

export function createRules(settings: RuleSettings): Rule[] {
  const { skew_spike, clock_offset, cause_spike, failure_burn, silent_source, recognition_lost, new_template } =
    settings
  const rules: Rule[] = []
  if (skew_spike !== false) rules.push(new SkewSpikeRule({ ...SKEW_SPIKE_DEFAULTS, ...skew_spike }))
  if (clock_offset !== false) rules.push(new ClockOffsetRule({ ...CLOCK_OFFSET_DEFAULTS, ...clock_offset }))
  for (const few of FEW_RULES)
    if (settings[few.rule as keyof RuleSettings] !== false) rules.push(new FewAreEnoughRule(few))
  if (cause_spike !== false) rules.push(new CauseSpikeRule({ ...CAUSE_SPIKE_DEFAULTS, ...cause_spike }))
  if (failure_burn !== false) rules.push(new FailureBurnRule({ ...FAILURE_BURN_DEFAULTS, ...failure_burn }))
  if (silent_source !== false) rules.push(new SilentSourceRule({ ...SILENT_SOURCE_DEFAULTS, ...silent_source }))
  if (recognition_lost !== false)
    rules.push(new RecognitionLostRule({ ...RECOGNITION_LOST_DEFAULTS, ...recognition_lost }))
  if (new_template !== false) rules.push(new NewTemplateRule({ ...NEW_TEMPLATE_DEFAULTS, ...new_template }))
  for (const spec of settings.own ?? []) rules.push(new OwnRule(spec))
  return rules
}
