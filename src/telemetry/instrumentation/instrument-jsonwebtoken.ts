/** jsonwebtoken (https://github.com/auth0/node-jsonwebtoken), version 9: `verify` and `sign`, called with or without a callback. */
import { traceTokenIssuance } from './trace-token-issuance.ts'
import { traceTokenValidation } from './trace-token-validation.ts'

export interface JsonwebtokenLike {
  // biome-ignore lint/suspicious/noExplicitAny: the library's own overloads stay what they are for the caller.
  verify: (...args: any[]) => any
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  sign: (...args: any[]) => any
}

type Callback = (error: unknown, value?: unknown) => void

/** Replaces `verify` and `sign` on the module object, so that every user of it in the process tells. Returns how to undo it. */
export function instrumentJsonwebtoken(jsonwebtoken: JsonwebtokenLike): () => void {
  const { verify, sign } = jsonwebtoken
  jsonwebtoken.verify = function (this: unknown, ...args: unknown[]) {
    const [token] = args
    const tolerance = (args[2] as { clockTolerance?: unknown } | undefined)?.clockTolerance
    const validation = {
      library: 'jsonwebtoken',
      ...(typeof token === 'string' ? { token } : {}),
      ...(typeof tolerance === 'number' ? { leeway_s: tolerance } : {}),
    }
    return called(args, (own) => traceTokenValidation(validation, () => own(verify, this)))
  }
  jsonwebtoken.sign = function (this: unknown, ...args: unknown[]) {
    return called(args, (own) => traceTokenIssuance({ library: 'jsonwebtoken' }, () => own(sign, this)))
  }
  return () => Object.assign(jsonwebtoken, { verify, sign })
}

/** With a callback as last argument the outcome comes through it; it is made a promise for the tracing in between. */
function called(
  args: unknown[],
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  trace: (own: (target: (...args: any[]) => any, self: unknown) => unknown) => unknown,
): unknown {
  const callback = args.at(-1)
  if (typeof callback !== 'function') return trace((target, self) => target.apply(self, args))
  const outcome = trace(
    (target, self) =>
      new Promise((resolve, reject) => {
        target.apply(self, [
          ...args.slice(0, -1),
          (error: unknown, value: unknown) => (error ? reject(error) : resolve(value)),
        ])
      }),
  ) as Promise<unknown>
  outcome.then(
    (value) => (callback as Callback)(null, value),
    (error) => (callback as Callback)(error),
  )
  return undefined
}
