/**
 * The words real libraries have for each refusal, as their sources and the bench's real runs write them. A text names what the
 * library looked at and nothing more: the truth is not in it.
 */
import type { SimulatedToken } from './simulated-token.ts'

export type RefusalKind =
  | 'missing'
  | 'structure'
  | 'signature'
  | 'unknown key'
  | 'keys unreachable'
  | 'expired'
  | 'not yet valid'
  | 'audience'
  | 'issuer'
  | 'scope'
  | 'inactive'
  | 'introspection unreachable'

export type Flavour = 'jose' | 'jsonwebtoken' | 'pyjwt' | 'ruby-jwt' | 'jjwt' | 'golang-jwt' | 'introspecting'

export interface Refusal {
  /** Class of the error, where the language has such. */
  type: string
  message: string
  /** What a structured logger prints beside the message. */
  fields: Record<string, unknown>
}

/** What a library may put into its words. */
export interface Circumstances {
  token: SimulatedToken | null
  /** The validator's own idea of now, epoch ms. */
  now_ms: number
  audience: string
  issuer: string
  scope: string
}

type Words = (c: Circumstances) => Refusal
const plain =
  (type: string, message: string, fields: Record<string, unknown> = {}): Words =>
  () => ({ type, message, fields })

/** Services say these themselves, whatever library they use. */
const MISSING = plain('UnauthorizedError', 'No authorization token was found', {
  code: 'credentials_required',
  status: 401,
})
const SCOPE = plain('InsufficientScopeError', 'Insufficient Scope', { code: 'insufficient_scope', status: 403 })

const claimCheck = (type: string, code: string, claim: string, message: string): Words => {
  return ({ token }) => ({
    type,
    message,
    fields: { code, claim, reason: 'check_failed', ...(token && { payload: token.claims }) },
  })
}
const iso = (ms: number): string => new Date(ms).toISOString()
const iso_s = (s: number): string => `${iso(s * 1000).slice(0, 19)}Z`
const ago = (ms: number): string => `${Math.floor(ms / 60_000)}m${Math.floor((ms % 60_000) / 1000)}s`

export const REFUSALS: Readonly<Record<Flavour, Partial<Readonly<Record<RefusalKind, Words>>>>> = {
  jose: {
    missing: MISSING,
    scope: SCOPE,
    structure: plain('JWSInvalid', 'Invalid Compact JWS', { code: 'ERR_JWS_INVALID' }),
    signature: plain('JWSSignatureVerificationFailed', 'signature verification failed', {
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    }),
    'unknown key': plain('JWKSNoMatchingKey', 'no applicable key found in the JSON Web Key Set', {
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    }),
    'keys unreachable': plain('JOSEError', 'Expected 200 OK from the JSON Web Key Set HTTP response', {
      code: 'ERR_JOSE_GENERIC',
    }),
    expired: claimCheck('JWTExpired', 'ERR_JWT_EXPIRED', 'exp', '"exp" claim timestamp check failed'),
    'not yet valid': claimCheck(
      'JWTClaimValidationFailed',
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
      'nbf',
      '"nbf" claim timestamp check failed',
    ),
    audience: claimCheck(
      'JWTClaimValidationFailed',
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
      'aud',
      'unexpected "aud" claim value',
    ),
    issuer: claimCheck(
      'JWTClaimValidationFailed',
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
      'iss',
      'unexpected "iss" claim value',
    ),
  },
  jsonwebtoken: {
    missing: MISSING,
    scope: SCOPE,
    structure: plain('JsonWebTokenError', 'jwt malformed'),
    signature: plain('JsonWebTokenError', 'invalid signature'),
    'unknown key': ({ token }) => ({
      type: 'JsonWebTokenError',
      message: `error in secret or public key callback: Unable to find a signing key that matches '${token?.kid}'`,
      fields: {},
    }),
    'keys unreachable': plain('JsonWebTokenError', 'error in secret or public key callback: Bad Gateway'),
    expired: ({ token }) => ({
      type: 'TokenExpiredError',
      message: 'jwt expired',
      fields: { expiredAt: iso(token!.claims.exp * 1000) },
    }),
    'not yet valid': ({ token }) => ({
      type: 'NotBeforeError',
      message: 'jwt not active',
      fields: { date: iso(token!.claims.nbf * 1000) },
    }),
    audience: ({ audience }) => ({
      type: 'JsonWebTokenError',
      message: `jwt audience invalid. expected: ${audience}`,
      fields: {},
    }),
    issuer: ({ issuer }) => ({
      type: 'JsonWebTokenError',
      message: `jwt issuer invalid. expected: ${issuer}`,
      fields: {},
    }),
  },
  pyjwt: {
    missing: plain('Refused', 'Authorization header is missing'),
    scope: ({ scope }) => ({ type: 'Refused', message: `insufficient_scope: ${scope} is needed`, fields: {} }),
    structure: plain('jwt.exceptions.DecodeError', 'Not enough segments'),
    signature: plain('jwt.exceptions.InvalidSignatureError', 'Signature verification failed'),
    'unknown key': ({ token }) => ({
      type: 'jwt.exceptions.PyJWKClientError',
      message: `Unable to find a signing key that matches: "${token?.kid}"`,
      fields: {},
    }),
    'keys unreachable': plain(
      'jwt.exceptions.PyJWKClientConnectionError',
      'Fail to fetch data from the url, err: "HTTP Error 503: Service Unavailable"',
    ),
    expired: plain('jwt.exceptions.ExpiredSignatureError', 'Signature has expired'),
    'not yet valid': plain('jwt.exceptions.ImmatureSignatureError', 'The token is not yet valid (iat)'),
    audience: plain('jwt.exceptions.InvalidAudienceError', "Audience doesn't match"),
    issuer: plain('jwt.exceptions.InvalidIssuerError', 'Invalid issuer'),
  },
  'ruby-jwt': {
    missing: plain('Refused', 'Authorization header is missing'),
    scope: ({ scope }) => ({ type: 'Refused', message: `insufficient_scope: ${scope} is needed`, fields: {} }),
    structure: plain('JWT::DecodeError', 'Not enough or too many segments'),
    signature: plain('JWT::VerificationError', 'Signature verification failed'),
    'unknown key': ({ token }) => ({
      type: 'JWT::DecodeError',
      message: `Could not find public key for kid ${token?.kid}`,
      fields: {},
    }),
    expired: plain('JWT::ExpiredSignature', 'Signature has expired'),
    'not yet valid': plain('JWT::ImmatureSignature', 'Signature nbf has not been reached'),
    audience: ({ audience, token }) => ({
      type: 'JWT::InvalidAudError',
      message: `Invalid audience. Expected ${audience}, received ${token!.claims.aud}`,
      fields: {},
    }),
    issuer: ({ issuer, token }) => ({
      type: 'JWT::InvalidIssuerError',
      message: `Invalid issuer. Expected ["${issuer}"], received ${token!.claims.iss}`,
      fields: {},
    }),
  },
  jjwt: {
    missing: plain('AuthenticationCredentialsNotFoundException', 'Authorization header is missing'),
    structure: plain(
      'io.jsonwebtoken.MalformedJwtException',
      'Invalid compact JWT string: Compact JWSs must contain exactly 2 period characters, and compact JWEs must contain exactly 4.  Found: 0',
    ),
    signature: plain(
      'io.jsonwebtoken.security.SignatureException',
      'JWT signature does not match locally computed signature. JWT validity cannot be asserted and should not be trusted.',
    ),
    expired: ({ token, now_ms }) => {
      const exp_ms = token!.claims.exp * 1000
      return {
        type: 'io.jsonwebtoken.ExpiredJwtException',
        message: `JWT expired ${now_ms - exp_ms} milliseconds ago at ${iso_s(token!.claims.exp)}. Current time: ${iso(now_ms)}. Allowed clock skew: 0 milliseconds.`,
        fields: {},
      }
    },
    'not yet valid': ({ token, now_ms }) => {
      const nbf_ms = token!.claims.nbf * 1000
      return {
        type: 'io.jsonwebtoken.PrematureJwtException',
        message: `JWT early by ${nbf_ms - now_ms} milliseconds before ${iso_s(token!.claims.nbf)}. Current time: ${iso(now_ms)}. Allowed clock skew: 0 milliseconds.`,
        fields: {},
      }
    },
    audience: ({ audience, token }) => ({
      type: 'io.jsonwebtoken.IncorrectClaimException',
      message: `Missing expected '${audience}' value in 'aud' claim [${token!.claims.aud}].`,
      fields: {},
    }),
    issuer: ({ issuer, token }) => ({
      type: 'io.jsonwebtoken.IncorrectClaimException',
      message: `Expected iss claim to be: ${issuer}, but was: ${token!.claims.iss}.`,
      fields: {},
    }),
  },
  'golang-jwt': {
    missing: plain('', 'authorization header is missing'),
    structure: plain('', 'token is malformed: token contains an invalid number of segments'),
    signature: plain('', 'token signature is invalid: crypto/rsa: verification error'),
    expired: ({ token, now_ms }) => ({
      type: '',
      message: `token has invalid claims: token is expired by ${ago(now_ms - token!.claims.exp * 1000)}`,
      fields: {},
    }),
    'not yet valid': plain('', 'token has invalid claims: token is not valid yet'),
    audience: plain('', 'token has invalid claims: token has invalid audience'),
    issuer: plain('', 'token has invalid claims: token has invalid issuer'),
  },
  introspecting: {
    missing: MISSING,
    scope: SCOPE,
    inactive: plain('InvalidTokenError', 'Token is not active', { status: 401 }),
    // What Node's fetch says when nothing listens there.
    'introspection unreachable': plain('TypeError', 'fetch failed', {
      cause: { code: 'ECONNREFUSED', syscall: 'connect', address: '10.0.4.2', port: 443 },
    }),
  },
}
