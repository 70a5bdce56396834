/** The name of the leeway in the software that refused, taken from the settings known; one sentence. */
import { LEEWAY_SENTENCE, LEEWAY_SETTINGS } from '../../core/remedy/leeway-settings.ts'
import type { Gathered } from './facts.ts'
import { validatorOf } from './validator-of.ts'

export function leewayFix({ others }: Pick<Gathered, 'others'>): string {
  const known = others.system.flatMap(([system]) => {
    const setting = LEEWAY_SETTINGS.find(({ validator }) => validator === validatorOf(system))
    return setting === undefined ? [] : [`${setting.setting} in ${setting.validator} (default ${setting.default_s} s)`]
  })
  const names = [...new Set(known)]
  if (names.length === 0) return LEEWAY_SENTENCE
  return `Until then a leeway of a few seconds can help: ${names.slice(0, 3).join('; ')}`
}
