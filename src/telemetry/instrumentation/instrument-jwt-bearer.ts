/** express-oauth2-jwt-bearer (https://github.com/auth0/node-oauth2-jwt-bearer) and other middleware that ends in `next(error)`. */
import { traceTokenValidation } from './trace-token-validation.ts'

interface RequestLike {
  headers: { authorization?: string | undefined }
}
type Next = (error?: unknown) => void
// biome-ignore lint/suspicious/noExplicitAny: express' own types are not a dependency of this.
export type Middleware = (request: any, response: any, next: any) => unknown

/** `app.use(instrumentJwtBearer(auth({ … })))`: the same middleware, which tells how each request's token was judged. */
export function instrumentJwtBearer(middleware: Middleware, library = 'express-oauth2-jwt-bearer'): Middleware {
  return (request: RequestLike, response: unknown, next: Next) => {
    const { authorization } = request.headers
    const judged = traceTokenValidation(
      { library, token: authorization },
      () =>
        new Promise<void>((resolve, reject) => {
          const answer = middleware(request, response, (error?: unknown) => (error ? reject(error) : resolve()))
          if (answer instanceof Promise) answer.catch(reject)
        }),
    )
    judged.then(
      () => next(),
      (error) => next(error),
    )
  }
}
