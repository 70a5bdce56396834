/** The filters all reading commands share; a leading `!` excludes, a comma or a repeated option gives alternatives. */
import type { Command } from 'commander'
import { CAUSES } from '../core/cause.ts'
import type { Filter, FilterField } from '../core/filter.ts'
import { KINDS } from '../core/kind.ts'
import { UserError } from './exit-code.ts'

const OPTIONS: readonly [flag: string, field: FilterField, text: string][] = [
  ['cause', 'cause', 'cause, e.g. skew, or !expiry for all but expiry'],
  ['subcause', 'subcause', 'subcause, e.g. stale_jwks'],
  ['kind', 'kind', `step of the flow: ${KINDS.join(', ')}`],
  ['host', 'host', 'host name'],
  ['service', 'service', 'service name'],
  ['client', 'client_id', 'client id'],
  ['issuer', 'issuer', 'issuer'],
  ['system', 'system', 'emitter, e.g. jsonwebtoken or keycloak'],
]

export function addFilterOptions(command: Command): Command {
  for (const [flag, , text] of OPTIONS) command.option(`--${flag} <value...>`, `only this ${text}`)
  return command
}

export function filterOf(options: Readonly<Record<string, unknown>>): Filter {
  const filter: { include: Record<string, string[]>; exclude: Record<string, string[]> } = { include: {}, exclude: {} }
  for (const [flag, field] of OPTIONS)
    for (const given of (options[flag] as string[] | undefined) ?? [])
      for (const value of given.split(',')) {
        const negated = value.startsWith('!')
        const bare = negated ? value.slice(1) : value
        if (field === 'cause' && !Object.hasOwn(CAUSES, bare))
          throw new UserError(`there is no cause "${bare}"`, `causes are ${Object.keys(CAUSES).join(', ')}`)
        if (field === 'kind' && !KINDS.some((kind) => kind === bare))
          throw new UserError(`there is no step "${bare}"`, `steps are ${KINDS.join(', ')}`)
        const side = negated ? filter.exclude : filter.include
        side[field] = [...(side[field] ?? []), bare]
      }
  return filter
}
