/**
 * `authtop/instrumentation/auto`: the libraries that index.ts wraps by hand, wrapped as they are loaded. For
 * `new NodeSDK({ instrumentations: [new AuthInstrumentation()] })` and `registerInstrumentations`.
 * An entry of its own, because hooking into module loading is the work of @opentelemetry/instrumentation, which an application
 * with an SDK has (an optional peer dependency), while index.ts needs @opentelemetry/api alone.
 * Invariant: what a library exports keeps its names, arguments and results; disabled, everything is as if never wrapped.
 */
import { createRequire } from 'node:module'
import { types } from 'node:util'
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
} from '@opentelemetry/instrumentation'
import { instrumentJose, type JoseLike } from './instrument-jose.ts'
import { instrumentJsonwebtoken, type JsonwebtokenLike } from './instrument-jsonwebtoken.ts'
import { instrumentJwtBearer, type Middleware } from './instrument-jwt-bearer.ts'
import { instrumentOidcProvider, type ProviderLike } from './instrument-oidc-provider.ts'

const { version } = createRequire(import.meta.url)('authtop/package.json') as { version: string }

// biome-ignore lint/suspicious/noExplicitAny: the libraries' own overloads stay what they are for their callers.
type Any = any
type Exports = Record<string, unknown>
/** What takes the place of a library's exports. */
type Replace<Of> = (exports: Of, enabled: () => boolean) => Partial<Of>

export class AuthInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('authtop', version, config)
  }

  /** Called by the base class's constructor, when nothing of this one is there yet. */
  protected override init() {
    const enabled = () => this.isEnabled()
    return [
      library('jose', ['>=4 <7'], jose, enabled),
      library('jsonwebtoken', ['>=8 <10'], jsonwebtoken, enabled),
      library('express-oauth2-jwt-bearer', ['>=1 <2'], jwtBearer, enabled),
      library('oidc-provider', ['>=8 <10'], oidcProvider, enabled),
    ]
  }
}

function library<Of>(name: string, versions: string[], replace: Replace<Of>, enabled: () => boolean) {
  return new InstrumentationNodeModuleDefinition(name, versions, (exports: Exports): Exports => {
    const { default: inner } = exports
    const replaced = replaceIn(exports, replace as Replace<Any>, enabled)
    // A CommonJS module that is imported: what `require` gives is its default export.
    if (types.isProxy(exports) && isObject(inner)) replaceIn(inner, replace as Replace<Any>, enabled)
    return replaced
  })
}

/** The exports with what was replaced; the same object where it lets itself be written to, so that all who hold it see it. */
function replaceIn(exports: Exports, replace: Replace<Exports>, enabled: () => boolean): Exports {
  const replacements = replace(exports, enabled)
  // import-in-the-middle gives a proxy that writes through. Neither the namespace that `require` of an ES module gives can be
  // written to, nor what TypeScript compiles exports to.
  const writable = (name: string) => Object.getOwnPropertyDescriptor(exports, name)?.writable === true
  const inPlace =
    types.isProxy(exports) || (!types.isModuleNamespaceObject(exports) && Object.keys(replacements).every(writable))
  return inPlace ? Object.assign(exports, replacements) : { ...exports, ...replacements }
}

const jose: Replace<JoseLike> = (plain, enabled) => {
  const { jwtVerify } = plain
  if (typeof jwtVerify !== 'function') return {}
  return { jwtVerify: either(enabled, instrumentJose({ jwtVerify }).jwtVerify, jwtVerify) }
}

const jsonwebtoken: Replace<JsonwebtokenLike> = ({ verify, sign }, enabled) => {
  if (typeof verify !== 'function' || typeof sign !== 'function') return {}
  const told = { verify, sign }
  instrumentJsonwebtoken(told)
  return { verify: either(enabled, told.verify, verify), sign: either(enabled, told.sign, sign) }
}

const jwtBearer: Replace<{ auth: (...args: Any[]) => Middleware }> = ({ auth }, enabled) => {
  if (typeof auth !== 'function') return {}
  return {
    auth: (...args) => {
      const plain = auth(...args)
      return either(enabled, instrumentJwtBearer(plain), plain)
    },
  }
}

const oidcProvider: Replace<{ default: new (...args: Any[]) => ProviderLike }> = ({ default: Provider }, enabled) => {
  if (typeof Provider !== 'function') return {}
  return {
    default: new Proxy(Provider, {
      construct(target, args, newTarget) {
        const provider: ProviderLike = Reflect.construct(target, args, newTarget)
        if (enabled()) instrumentOidcProvider(provider)
        return provider
      },
    }),
  }
}

function either<F extends (...args: Any[]) => Any>(enabled: () => boolean, told: F, plain: F): F {
  return function (this: unknown, ...args: Any[]) {
    return (enabled() ? told : plain).apply(this, args)
  } as F
}

function isObject(value: unknown): value is Exports {
  return typeof value === 'object' && value !== null
}
