import type { CaptureScope } from './capture-scope.ts'
import type { CapturedRecord } from './captured-record.ts'
import type { CapturedSpan } from './captured-span.ts'

/** What was said while it was open. Stays readable afterwards. */
export interface CapturedLogs {
  /** The records, in the order they were said. One array, that grows. */
  readonly records: readonly CapturedRecord[]
  /** The spans, in the order they ended. One array, that grows. */
  readonly spans: readonly CapturedSpan[]
  /** The records' lines for people. */
  readonly text: string
  /** Forgets what was captured so far. */
  clear(): void
  /** Ends the capture; safe to call twice. */
  stop(): void
  /** The same as `stop`, for `using`. */
  [Symbol.dispose](): void
}

/** What a capture is for. */
export interface CaptureStart {
  /** Undefined for the whole process. */
  readonly scope: CaptureScope | undefined
  /** Undefined for the levels that are set. */
  readonly minimumSeverity: number | undefined
  readonly stop: (capture: Capture) => void
}

/** One capture: open until it is stopped. */
export class Capture implements CapturedLogs {
  readonly scope: CaptureScope | undefined
  readonly minimumSeverity: number | undefined
  readonly #stop: (capture: Capture) => void
  readonly #records: CapturedRecord[] = []
  readonly #spans: CapturedSpan[] = []
  readonly #failures: unknown[] = []

  constructor({ scope, minimumSeverity, stop }: CaptureStart) {
    this.scope = scope
    this.minimumSeverity = minimumSeverity
    this.#stop = stop
  }

  get records(): readonly CapturedRecord[] {
    this.#checkWhole()
    return this.#records
  }

  get spans(): readonly CapturedSpan[] {
    this.#checkWhole()
    return this.#spans
  }

  get text(): string {
    return this.records.map(({ line }) => line).join('\n')
  }

  addRecord(record: CapturedRecord): void {
    this.#records.push(record)
  }

  addSpan(span: CapturedSpan): void {
    this.#spans.push(span)
  }

  /** Something could not be captured: to read the rest as if it were all would be a lie. */
  fail(error: unknown): void {
    this.#failures.push(error)
  }

  #checkWhole(): void {
    if (this.#failures.length > 0)
      throw new AggregateError(this.#failures, 'something that was said could not be captured')
  }

  clear(): void {
    for (const list of [this.#records, this.#spans, this.#failures]) list.length = 0
  }

  stop(): void {
    this.#stop(this)
  }

  [Symbol.dispose](): void {
    this.stop()
  }
}
