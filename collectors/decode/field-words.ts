/**
 * What field names mean, from the vocabulary: one table for all formats. Names compare without case, `_` and `-`.
 * What a single format adds or changes is field-plan.ts's business.
 */
import type { Conversion, VocabularySource } from '../formats/format-schema.ts'

export const OP = {
  /** Kept under its own dotted name. */
  rest: 0,
  attribute: 1,
  resource: 2,
  time: 3,
  severity: 4,
  message: 5,
  template: 6,
  trace: 7,
  span: 8,
  error: 9,
  errorType: 10,
  errorMessage: 11,
  errorStack: 12,
  errorCode: 13,
  /** An error inside an error. */
  cause: 14,
  speech: 15,
  drop: 16,
  container: 17,
} as const
type Op = (typeof OP)[keyof typeof OP]

export interface Role {
  op: Op
  /** Attribute or resource name. */
  to: string
  as: Conversion
  speech: boolean
  /** Among several fields with this role the smallest wins: the order they are listed in. */
  rank: number
}

export const REST: Role = { op: OP.rest, to: '', as: 'text', speech: false, rank: 0 }

export interface FieldWords {
  /** By normalised dotted name. */
  roles: ReadonlyMap<string, Role>
  /** Inside an error object, by normalised key. */
  errorFields: ReadonlyMap<string, Role>
  containers: ReadonlySet<string>
  /** Names of objects of which only fields with a meaning are kept. */
  selective: ReadonlySet<string>
  isResource(name: string): boolean
}

export function compileVocabulary(vocabulary: VocabularySource): FieldWords {
  const roles = new Map<string, Role>()
  // First come, first kept.
  addRoles(roles, vocabulary.time, OP.time)
  addRoles(roles, vocabulary.severity, OP.severity)
  addRoles(roles, vocabulary.message, OP.message)
  addRoles(roles, vocabulary.trace_id, OP.trace)
  addRoles(roles, vocabulary.span_id, OP.span)
  addRoles(roles, vocabulary.drop, OP.drop)
  for (const { to, from, as, speech } of vocabulary.attributes)
    for (const name of [to, ...from]) addRole(roles, name, { op: OP.attribute, to, as, speech, rank: 0 })
  for (const [to, from] of Object.entries(vocabulary.resource))
    for (const name of [to, ...from]) addRole(roles, name, { ...REST, op: OP.resource, to })
  addRoles(roles, vocabulary.errors, OP.error)
  addRoles(roles, vocabulary.stack, OP.errorStack)
  addRoles(roles, vocabulary.error_type, OP.errorType)
  addRoles(roles, vocabulary.speech, OP.speech)
  const errorFields = new Map<string, Role>()
  const fields = vocabulary.error_fields
  addRoles(errorFields, fields.type, OP.errorType)
  addRoles(errorFields, fields.message, OP.errorMessage)
  addRoles(errorFields, fields.stack, OP.errorStack)
  addRoles(errorFields, fields.code, OP.errorCode)
  addRoles(errorFields, fields.cause, OP.cause)
  addRoles(errorFields, vocabulary.speech, OP.speech)
  return {
    roles,
    errorFields,
    containers: new Set(vocabulary.containers.map(normalise)),
    selective: new Set(vocabulary.drop_under.flatMap(expandBraces).map(normalise)),
    isResource: (name) => Object.hasOwn(vocabulary.resource, name),
  }
}

/** Gives each name the role; its place in the list is its rank. */
export function addRoles(roles: Map<string, Role>, names: readonly string[], op: Op): void {
  for (const [rank, name] of names.entries()) addRole(roles, name, { ...REST, op, rank })
}

export function addRole(roles: Map<string, Role>, pattern: string, role: Role): void {
  for (const name of expandBraces(pattern)) {
    const key = normalise(name)
    if (!roles.has(key)) roles.set(key, role)
  }
}

/** The role of a format's own field, by the target it states. */
export function roleFor(to: string, as: Conversion, speech: boolean, words: FieldWords): Role {
  const op = (
    {
      time: OP.time,
      severity: OP.severity,
      message: OP.message,
      trace_id: OP.trace,
      span_id: OP.span,
      error: OP.error,
      drop: OP.drop,
      stack: OP.errorStack,
      speech: OP.speech,
    } as Record<string, Op>
  )[to]
  if (op !== undefined) return { op, to: '', as, speech, rank: 0 }
  if (to === '') return { ...REST, as, speech }
  return { op: words.isResource(to) ? OP.resource : OP.attribute, to, as, speech, rank: 0 }
}

/** `Request-Id`, `request_id` and `requestId` are one name. */
export function normalise(name: string): string {
  return name.toLowerCase().replaceAll('_', '').replaceAll('-', '')
}

/** `{a,b}.c` → `a.c`, `b.c`. */
function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{')
  const close = pattern.indexOf('}', open)
  if (open < 0 || close < 0) return [pattern]
  return pattern
    .slice(open + 1, close)
    .split(',')
    .flatMap((part) => expandBraces(pattern.slice(0, open) + part + pattern.slice(close + 1)))
}
