/** `authtop/instrumentation`: what applications import. Depends on @opentelemetry/api only. See docs/instrumentation.md. */
export { ATTRIBUTE } from './attributes.ts'
export { instrumentJose } from './instrument-jose.ts'
export { instrumentJsonwebtoken } from './instrument-jsonwebtoken.ts'
export { instrumentJwtBearer } from './instrument-jwt-bearer.ts'
export { instrumentOidcProvider } from './instrument-oidc-provider.ts'
export { type TokenIssuance, traceTokenIssuance } from './trace-token-issuance.ts'
export { type TokenValidation, traceTokenValidation } from './trace-token-validation.ts'
