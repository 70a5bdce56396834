/** jose (https://github.com/panva/jose), versions 4 to 6. Its exports are an ES module's, which cannot be changed: it is wrapped. */
import { traceTokenValidation } from './trace-token-validation.ts'

/** The part of jose that is wrapped; everything else is passed on as it is. */
export interface JoseLike {
  // biome-ignore lint/suspicious/noExplicitAny: jose's own overloads stay what they are for the caller.
  jwtVerify: (token: any, ...rest: any[]) => Promise<any>
}

/**
 * `import * as plain from 'jose'; const jose = instrumentJose(plain)`: a copy of the module whose `jwtVerify` tells.
 * Signing has no single function there; wrap it with `traceTokenIssuance`.
 */
export function instrumentJose<Jose extends JoseLike>(jose: Jose): Jose {
  const verify = jose.jwtVerify
  return {
    ...jose,
    jwtVerify: (token: string | Uint8Array, ...rest: unknown[]) => {
      const tolerance = (rest.at(-1) as { clockTolerance?: unknown } | undefined)?.clockTolerance
      return traceTokenValidation(
        {
          token: typeof token === 'string' ? token : Buffer.from(token).toString('latin1'),
          library: 'jose',
          ...(typeof tolerance === 'number' ? { leeway_s: tolerance } : {}),
        },
        () => verify(token, ...rest),
      )
    },
  }
}
