/**
 * The setting by which each validator tolerates clock differences, under its exact name.
 * Units and defaults are those of the library's own documentation or source; which value is right is left to the advice
 * computed from the data. Invariant: one entry per validator, none from hearsay.
 */

export interface LeewaySetting {
  validator: string
  /** As one writes it in code or configuration. */
  setting: string
  /** What is granted when nobody sets it, seconds. */
  default_s: number
}

export const LEEWAY_SETTINGS: readonly LeewaySetting[] = [
  { validator: 'jose', setting: 'clockTolerance (seconds or "5s")', default_s: 0 },
  { validator: 'jsonwebtoken', setting: 'clockTolerance (seconds)', default_s: 0 },
  { validator: 'PyJWT', setting: 'leeway (seconds or timedelta)', default_s: 0 },
  { validator: 'ruby-jwt', setting: 'leeway, exp_leeway, nbf_leeway (seconds)', default_s: 0 },
  { validator: 'golang-jwt', setting: 'jwt.WithLeeway(5 * time.Second)', default_s: 0 },
  { validator: 'jjwt', setting: 'clockSkewSeconds(5)', default_s: 0 },
  { validator: 'java-jwt', setting: 'acceptLeeway(5)', default_s: 0 },
  { validator: 'Spring Security', setting: 'new JwtTimestampValidator(Duration.ofSeconds(60))', default_s: 60 },
  { validator: '.NET', setting: 'TokenValidationParameters.ClockSkew', default_s: 300 },
  { validator: 'mod_auth_openidc', setting: 'OIDCIDTokenIatSlack (seconds, iat only)', default_s: 600 },
  { validator: 'Keycloak as a broker', setting: 'identity provider "Allowed clock skew" (seconds)', default_s: 0 },
  { validator: 'NGINX Plus', setting: 'auth_jwt_leeway', default_s: 0 },
  { validator: 'Envoy', setting: 'clock_skew_seconds', default_s: 60 },
]

/** All settings in one sentence, for a remedy's `fix`. */
export const LEEWAY_SENTENCE = `The leeway is called ${LEEWAY_SETTINGS.map(
  ({ validator, setting }) => `${setting} in ${validator}`,
).join('; ')}.`
