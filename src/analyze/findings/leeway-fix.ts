/** The name of the leeway in the software that refused, taken from the settings known; one sentence. */
import { LEEWAY_SENTENCE, LEEWAY_SETTINGS } from '../../core/remedy/leeway-settings.ts'
import type { Gathered } from './facts.ts'

/** Packs' emitter names → validators of the settings' table. */
const VALIDATOR: Readonly<Record<string, string>> = {
  jose: 'jose',
  jsonwebtoken: 'jsonwebtoken',
  'express-jwt': 'jsonwebtoken',
  passport: 'jsonwebtoken',
  pyjwt: 'PyJWT',
  'flask-jwt-extended': 'PyJWT',
  simplejwt: 'PyJWT',
  'ruby-jwt': 'ruby-jwt',
  'devise-jwt': 'ruby-jwt',
  'golang-jwt': 'golang-jwt',
  jjwt: 'jjwt',
  'java-jwt': 'java-jwt',
  'spring-security': 'Spring Security',
  identitymodel: '.NET',
  'aspnet-jwtbearer': '.NET',
  mod_auth_openidc: 'mod_auth_openidc',
  keycloak: 'Keycloak as a broker',
  nginx: 'NGINX Plus',
  envoy: 'Envoy',
}

export function leewayFix({ others }: Pick<Gathered, 'others'>): string {
  const known = others.system.flatMap(([system]) => {
    const setting = LEEWAY_SETTINGS.find(({ validator }) => validator === VALIDATOR[system])
    return setting === undefined ? [] : [`${setting.setting} in ${setting.validator} (default ${setting.default_s} s)`]
  })
  const names = [...new Set(known)]
  if (names.length === 0) return LEEWAY_SENTENCE
  return `Until then a leeway of a few seconds can help: ${names.slice(0, 3).join('; ')}`
}
