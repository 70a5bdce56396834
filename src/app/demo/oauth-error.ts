/**
 * Errors the demo's servers throw besides jose's own, in the shape of the libraries such code is modelled on.
 * The texts are those libraries' own, because operators search for them.
 */

/** A refusal at the token endpoint (RFC 6749 §5.2), shaped as oidc-provider throws it. */
export class InvalidGrant extends Error {
  readonly error = 'invalid_grant'
  readonly status = 400
  readonly statusCode = 400
  readonly expose = true
  readonly error_description = 'grant request is invalid'
  readonly error_detail: string
  constructor(detail: string) {
    super('invalid_grant')
    this.name = 'InvalidGrant'
    this.error_detail = detail
  }
}

/** No token, or one that was withdrawn; shaped as express-jwt throws it. */
export class UnauthorizedError extends Error {
  readonly code: 'credentials_required' | 'revoked_token'
  readonly status = 401
  readonly inner: { message: string }
  constructor(code: 'credentials_required' | 'revoked_token') {
    const message = code === 'credentials_required' ? 'No authorization token was found' : 'The token has been revoked.'
    super(message)
    this.name = 'UnauthorizedError'
    this.code = code
    this.inner = { message }
  }
}

/** A good token without the scope that is needed (RFC 6750 §3.1), shaped as express-oauth2-jwt-bearer throws it. */
export class InsufficientScopeError extends Error {
  readonly code = 'insufficient_scope'
  readonly status = 403
  readonly statusCode = 403
  constructor() {
    super('Insufficient Scope')
    this.name = 'InsufficientScopeError'
  }
}
