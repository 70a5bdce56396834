/** The name of the audience's or issuer's setting in the software that refused, from the settings known. */
import { CLAIM_SETTINGS } from '../../core/remedy/claim-settings.ts'
import type { Gathered } from './facts.ts'
import { validatorOf } from './validator-of.ts'

/** "its audience setting: audience (option of jwtVerify) in jose" */
export function settingOf(what: 'audience' | 'issuer', { others }: Pick<Gathered, 'others'>): string {
  const known = others.system.flatMap(([system]) => {
    const setting = CLAIM_SETTINGS.find(({ validator }) => validator === validatorOf(system))
    return setting === undefined ? [] : [`${setting[what]} in ${setting.validator}`]
  })
  const names = [...new Set(known)].slice(0, 3)
  return names.length === 0 ? `its ${what} setting` : `its ${what} setting: ${names.join('; ')}`
}
