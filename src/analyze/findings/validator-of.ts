/** Which validator an emitter is or uses, by the names in the tables of settings. */

/** Packs' emitter names → validators of the settings' table. */
const VALIDATORS: Readonly<Record<string, string>> = {
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

/** `system`: name of a pack; undefined where no setting is known. */
export function validatorOf(system: string): string | undefined {
  return VALIDATORS[system]
}
