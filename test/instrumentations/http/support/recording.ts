import { expect } from 'vitest'
import { createHttpInstrumentation, type HttpOptions } from '../../../../instrumentations/http/index.ts'
import { captureLogs, type CapturedSpan } from '../../../../src/testing/index.ts'
import { seenRecord, type SeenRecord } from '../../../support/seen-record.ts'
import { until } from '../../../support/until.ts'

/** What else there is on a span without events and links. */
export const SPAN_REST = {
  scope: 'http',
  start: expect.any(String) as string,
  duration_ms: expect.any(Number) as number,
  events: [],
  links: [],
}

/** Everything that is said, kept; with the HTTP instrumentation at work. */
export class Recording {
  readonly failures: unknown[] = []
  readonly instrumentation
  readonly #captured = captureLogs()

  constructor(options: HttpOptions = {}) {
    this.instrumentation = createHttpInstrumentation({ onError: (error) => this.failures.push(error), ...options })
    this.instrumentation.enable()
  }

  get records(): SeenRecord[] {
    return this.#captured.records.map(seenRecord)
  }

  get spans(): readonly CapturedSpan[] {
    return this.#captured.spans
  }

  /** The one record with this message, once it has been said. */
  async record(message: string): Promise<SeenRecord> {
    const find = () => this.#captured.records.find((record) => record.message === message)
    await until(`the record ${message}`, () => find() !== undefined)
    return seenRecord(find() as NonNullable<ReturnType<typeof find>>)
  }

  /** That many spans of a kind, once they have ended. */
  async spansOf(kind: CapturedSpan['kind'], count: number): Promise<CapturedSpan[]> {
    const find = () => this.spans.filter((span) => span.kind === kind)
    await until(`${count} spans of kind ${kind}`, () => find().length >= count)
    return find()
  }

  async span(kind: CapturedSpan['kind']): Promise<CapturedSpan> {
    const [span] = await this.spansOf(kind, 1)
    return span as CapturedSpan
  }

  /** Ends it; throws what our own code failed at meanwhile. */
  stop(): void {
    this.instrumentation.disable()
    this.#captured.stop()
    if (this.failures.length > 0) throw new AggregateError(this.failures, 'the instrumentation failed')
  }
}
