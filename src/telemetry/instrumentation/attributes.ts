/**
 * The attributes that authtop's instrumentation writes and its signature pack (authtop.yaml) reads; docs/instrumentation.md
 * explains each. Named in the style of the OpenTelemetry semantic conventions, which have none for tokens yet.
 */
export const ATTRIBUTE = {
  /** `issuance`, `refresh`, `validation`. */
  step: 'auth.step',
  /** `success`, `failure`. */
  outcome: 'auth.outcome',
  cause: 'auth.cause',
  subcause: 'auth.subcause',
  error_type: 'error.type',
  /** `access_token`, `refresh_token`, `id_token`, … as the caller says. */
  kind: 'auth.token.kind',
  /** Keyed fingerprint, never the token. */
  fingerprint: 'auth.token.fingerprint',
  issuer: 'auth.token.issuer',
  audience: 'auth.token.audience',
  key_id: 'auth.token.key_id',
  algorithm: 'auth.token.algorithm',
  /** Epoch seconds, as in the token (RFC 7519 §4.1). */
  issued_at: 'auth.token.issued_at',
  not_before: 'auth.token.not_before',
  expires_at: 'auth.token.expires_at',
  /** expires_at − issued_at; s. */
  lifetime: 'auth.token.lifetime',
  /** This host's clock − issued_at; s. Negative: this host is behind the issuer, an offset sample by itself. */
  age: 'auth.token.age',
  /** This host's clock when it decided, epoch ms. */
  decided_at: 'auth.decided_at',
  /** Tolerance for clock differences that was granted; s. */
  leeway: 'auth.leeway',
  client: 'auth.client.id',
  grant: 'auth.grant_type',
  /** Keyed fingerprint of the subject. */
  subject: 'auth.subject.fingerprint',
  /** The library that decided: `jose`, `jsonwebtoken` … */
  library: 'auth.library',
} as const
