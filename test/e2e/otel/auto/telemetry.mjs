/** Loaded before the application (`--import`): every span that ends is a line on standard output. */
import { register } from 'node:module'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { AuthInstrumentation } from 'authtop/instrumentation/auto'

// Modules that are imported are hooked into by a loader; those that are required need none.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const exporter = {
  export(spans, done) {
    for (const { name, attributes, instrumentationScope } of spans)
      console.log(JSON.stringify({ name, attributes, scope: instrumentationScope.name }))
    done({ code: 0 })
  },
  shutdown: async () => {},
}
new NodeSDK({
  instrumentations: [new AuthInstrumentation()],
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  logRecordProcessors: [],
}).start()
