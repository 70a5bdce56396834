/**
 * One step of an authentication flow as a span, a log event and a count; the one place that writes telemetry here.
 * Costs next to nothing without an SDK: the API's no-ops are called, and a token is looked into only for a recording span.
 * Invariant: what the wrapped function returns or throws comes out unchanged, and nothing here can make it fail.
 */
import {
  type Attributes,
  context,
  createContextKey,
  logs,
  metrics,
  SeverityNumber,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { ATTRIBUTE } from './attributes.ts'
import { causeOfError } from './cause-of-error.ts'
import { defined, tokenAttributes, withoutSecrets } from './token-facts.ts'

/** Instrumentation scope; the receiving side knows a span and its log event by it as one record. */
export const SCOPE = 'authtop'

export interface Step {
  step: 'issuance' | 'refresh' | 'validation'
  span_name: string
  event_name: string
  counter: string
  attributes: Attributes
  /** The token the step is about, if it is known; for issuance it is what comes out. */
  token?: string | undefined
}

/** The step that is being told of, in the context of what it runs. */
const TELLING = createContextKey('authtop step')

/** `tokenOf`: the token in what came out. */
export function traceStep<T>(step: Step, run: () => T, tokenOf?: (result: Awaited<T>) => string | undefined): T {
  const active = context.active()
  if (isPartOf(step, active.getValue(TELLING) as Step | undefined)) return run()
  const tracer = trace.getTracer(SCOPE)
  return tracer.startActiveSpan(step.span_name, { kind: SpanKind.INTERNAL }, active.setValue(TELLING, step), (span) => {
    let result: T
    try {
      result = run()
    } catch (error) {
      failed(step, span, error)
      throw error
    }
    if (!isPromise(result)) {
      succeeded(step, span, tokenOf?.(result as Awaited<T>))
      return result
    }
    return result.then(
      (value) => {
        succeeded(step, span, tokenOf?.(value as Awaited<T>))
        return value
      },
      (error: unknown) => {
        failed(step, span, error)
        throw error
      },
    ) as T
  })
}

/** A middleware that is told of uses a library that is told of as well: one check of one token, and the outer one knows more. */
function isPartOf(step: Step, around: Step | undefined): boolean {
  if (around?.counter !== step.counter) return false
  return around.token === undefined || step.token === undefined || around.token.endsWith(step.token)
}

/** For libraries that tell of a step when it is over. */
export function recordStep(step: Step, outcome: { error: unknown } | { token?: string | undefined }): void {
  const span = trace.getTracer(SCOPE).startSpan(step.span_name, { kind: SpanKind.INTERNAL })
  if ('error' in outcome) failed(step, span, outcome.error)
  else succeeded(step, span, outcome.token)
}

function succeeded(step: Step, span: Span, token: string | undefined): void {
  finish(step, span, { [ATTRIBUTE.outcome]: 'success' }, token ?? step.token, SeverityNumber.INFO)
}

function failed(step: Step, span: Span, error: unknown): void {
  const { cause, subcause } = causeOfError(error)
  const type = error instanceof Error ? error.name : typeof error
  const outcome = {
    [ATTRIBUTE.outcome]: 'failure',
    [ATTRIBUTE.cause]: cause,
    [ATTRIBUTE.subcause]: subcause,
    [ATTRIBUTE.error_type]: type,
  }
  const message = error instanceof Error ? withoutSecrets(error.message) : ''
  if (span.isRecording()) {
    const stack = error instanceof Error ? withoutSecrets(error.stack ?? '') : ''
    span.recordException({ name: type, message, stack })
    span.setStatus({ code: SpanStatusCode.ERROR, message })
  }
  finish(step, span, outcome, step.token, SeverityNumber.WARN, message)
}

function finish(
  step: Step,
  span: Span,
  outcome: Attributes,
  token: string | undefined,
  severityNumber: SeverityNumber,
  message = '',
): void {
  const recording = span.isRecording()
  const logger = logs.getLogger(SCOPE)
  metrics
    .getMeter(SCOPE)
    .createCounter(step.counter, { unit: '{token}' })
    .add(1, defined({ ...outcome, [ATTRIBUTE.step]: step.step, [ATTRIBUTE.kind]: step.attributes[ATTRIBUTE.kind] }))
  if (recording || logger.enabled()) {
    const now_ms = Date.now()
    const attributes = defined({
      ...(token === undefined ? {} : tokenAttributes(token, now_ms)),
      ...step.attributes,
      [ATTRIBUTE.step]: step.step,
      [ATTRIBUTE.decided_at]: now_ms,
      ...outcome,
    })
    span.setAttributes(attributes)
    logger.emit({
      eventName: step.event_name,
      severityNumber,
      body: message === '' ? `${step.step} ${String(outcome[ATTRIBUTE.outcome])}` : message,
      attributes: attributes as Record<string, string | number>,
    })
  }
  span.end()
}

function isPromise<T>(value: T): value is T & Promise<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === 'function'
}
