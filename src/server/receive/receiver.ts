import { type OtlpFormat, countDataPoints, decodeLogs, decodeSpans } from '../../otlp/decode-request.ts'
import type { LogStore } from '../../store/index.ts'
import type { LiveTail } from '../live-tail.ts'
import type { PartialSuccess } from './otlp-answer.ts'

/** Decodes requests, stores what they carry, and hands records on to the live tail. */
export class Receiver {
  readonly #store: LogStore
  readonly #tail: LiveTail
  #dataPoints = 0

  constructor(store: LogStore, tail: LiveTail) {
    this.#store = store
    this.#tail = tail
  }

  /** Metric data points that came so far. They are counted, not stored. */
  get dataPoints(): number {
    return this.#dataPoints
  }

  /**
   * Resolves once everything that can be stored is; to what could not, if anything.
   * @throws {OtlpDecodeError} when the body is no such request, {StoreError} when it could not be stored.
   */
  async receive(
    signal: 'logs' | 'traces' | 'metrics',
    body: Buffer,
    format: OtlpFormat,
  ): Promise<PartialSuccess | undefined> {
    if (signal === 'logs') return this.#receiveLogs(body, format)
    if (signal === 'traces') return this.#receiveSpans(body, format)
    this.#dataPoints += countDataPoints(body, format)
    return undefined
  }

  async #receiveLogs(body: Buffer, format: OtlpFormat): Promise<undefined> {
    const entries = decodeLogs(body, format, Date.now())
    if (entries.length === 0) return
    const { ids } = await this.#store.appendLogs(entries)
    this.#tail.publish(entries, ids)
  }

  async #receiveSpans(body: Buffer, format: OtlpFormat): Promise<PartialSuccess | undefined> {
    const { spans, rejected, reason } = decodeSpans(body, format)
    if (spans.length > 0) await this.#store.appendSpans(spans)
    return rejected === 0 ? undefined : { rejected, message: reason }
  }
}
