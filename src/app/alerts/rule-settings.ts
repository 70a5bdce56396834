/** The rules of a configuration as the engine takes them: lengths of time in ms, defaults left out. */
import type { RuleSettings } from '../../alerts/rules/index.ts'
import type { Config } from '../config/config.ts'

/** Names in the configuration that are called otherwise in the rules. */
const RENAMED: Readonly<Record<string, string>> = { over: 'over_ms', quiet: 'quiet_ms', ahead: 'ahead_ms' }

export function ruleSettings({ alerts: { rules, own } }: Config): RuleSettings {
  const settings: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(rules)) {
    if (given === undefined) continue
    settings[name] =
      given === false
        ? false
        : Object.fromEntries(
            Object.entries(given)
              .filter(([, value]) => value !== undefined)
              .map(([key, value]) => [RENAMED[key] ?? key, value]),
          )
  }
  return { ...settings, own } as RuleSettings
}
