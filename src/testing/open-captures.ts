import { TraceFlags, type Context } from '@opentelemetry/api'
import { OFF, pipeline, type RecordCapture } from '../logging/index.ts'
import { createEncoding, type Encoding, type LogRecordData } from '../otlp/index.ts'
import { createRedactor } from '../privacy/index.ts'
import { standIn } from '../stand-in.ts'
import { captureSpans, type RecordingSpan, type SpanCapture } from '../tracing/index.ts'
import type { Capture } from './capture.ts'
import { forgetTraces, rememberTrace, scopeOf, type CaptureScope } from './capture-scope.ts'
import { captureRecord } from './captured-record.ts'
import { captureSpan } from './captured-span.ts'
import { registerStandIn } from './stand-in-globals.ts'

/** What is encoded with while clew does not run: its defaults. */
const DEFAULT_ENCODING = createEncoding(createRedactor())

/** All captures that are open in this process. Puts itself before the outputs with the first, and takes itself away with the last. */
class OpenCaptures implements RecordCapture, SpanCapture {
  readonly parts = {
    outputs: [],
    encoding: DEFAULT_ENCODING,
    failed: (_output: string, error: unknown): void => this.#fail(error),
  }
  readonly #open = new Set<Capture>()
  readonly #scopes = new WeakMap<RecordingSpan, CaptureScope>()
  #leave = (): void => {}

  add(capture: Capture): void {
    this.#open.add(capture)
    if (this.#open.size === 1) this.#enter()
    this.#setLevel()
  }

  remove(capture: Capture): void {
    if (!this.#open.delete(capture)) return
    this.#setLevel()
    if (this.#open.size === 0) this.#leave()
  }

  #enter(): void {
    pipeline.capture(this)
    captureSpans(this)
    const release = standIn.begin(registerStandIn)
    this.#leave = () => {
      release()
      captureSpans(undefined)
      pipeline.capture(undefined)
      forgetTraces()
    }
  }

  #setLevel(): void {
    pipeline.components.capture(Math.min(...[...this.#open].map((capture) => capture.minimumSeverity ?? OFF), OFF))
  }

  takeRecord(record: LogRecordData, context: Context): boolean {
    const covering = this.#covering(scopeOf(context, record.trace?.traceId))
    const level = pipeline.components.levelOf(record.scope.name)
    const wanting = covering.filter(({ minimumSeverity }) => record.severityNumber >= (minimumSeverity ?? level))
    give(
      wanting,
      () => captureRecord(record, this.#encoding),
      (capture, captured) => capture.addRecord(captured),
    )
    return covering.length > 0
  }

  spanStarted(span: RecordingSpan, context: Context): void {
    const scope = scopeOf(context, span.traceId)
    if (scope === undefined) return
    this.#scopes.set(span, scope)
    rememberTrace(span.traceId, scope)
  }

  /** A span that is recorded without being sampled is for others. */
  takeSpan(span: RecordingSpan): boolean {
    if ((span.traceFlags & TraceFlags.SAMPLED) === 0) return false
    const covering = this.#covering(this.#scopes.get(span))
    give(
      covering,
      () => captureSpan(span, this.#encoding),
      (capture, captured) => capture.addSpan(captured),
    )
    return covering.length > 0
  }

  get #encoding(): Encoding {
    return pipeline.encoding ?? DEFAULT_ENCODING
  }

  #covering(scope: CaptureScope | undefined): Capture[] {
    return [...this.#open].filter((capture) => capture.scope === undefined || scope?.isIn(capture.scope) === true)
  }

  #fail(error: unknown): void {
    for (const capture of this.#open) capture.fail(error)
  }
}

/** Makes what is captured once, for all captures that want it. */
function give<T>(captures: readonly Capture[], make: () => T, add: (capture: Capture, captured: T) => void): void {
  if (captures.length === 0) return
  try {
    const captured = make()
    for (const capture of captures) add(capture, captured)
  } catch (error) {
    for (const capture of captures) capture.fail(error)
  }
}

export const openCaptures = new OpenCaptures()
