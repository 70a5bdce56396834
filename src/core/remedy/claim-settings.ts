/**
 * The settings by which each validator is told which audience and issuer it accepts, under their exact names in the library's own
 * documentation. Invariant: one entry per validator, none from hearsay.
 */

export interface ClaimSetting {
  validator: string
  /** As one writes it in code or configuration. */
  audience: string
  issuer: string
}

export const CLAIM_SETTINGS: readonly ClaimSetting[] = [
  { validator: 'jose', audience: 'audience (option of jwtVerify)', issuer: 'issuer (option of jwtVerify)' },
  { validator: 'jsonwebtoken', audience: 'audience (option of verify)', issuer: 'issuer (option of verify)' },
  { validator: 'PyJWT', audience: 'audience (argument of decode)', issuer: 'issuer (argument of decode)' },
  { validator: 'ruby-jwt', audience: 'aud with verify_aud: true', issuer: 'iss with verify_iss: true' },
  { validator: 'golang-jwt', audience: 'jwt.WithAudience(…)', issuer: 'jwt.WithIssuer(…)' },
  { validator: 'jjwt', audience: 'requireAudience(…)', issuer: 'requireIssuer(…)' },
  { validator: 'java-jwt', audience: 'withAudience(…)', issuer: 'withIssuer(…)' },
  {
    validator: 'Spring Security',
    audience: 'spring.security.oauth2.resourceserver.jwt.audiences',
    issuer: 'spring.security.oauth2.resourceserver.jwt.issuer-uri',
  },
  {
    validator: '.NET',
    audience: 'TokenValidationParameters.ValidAudience(s)',
    issuer: 'TokenValidationParameters.ValidIssuer(s)',
  },
  { validator: 'Envoy', audience: 'audiences (of the JwtProvider)', issuer: 'issuer (of the JwtProvider)' },
]
