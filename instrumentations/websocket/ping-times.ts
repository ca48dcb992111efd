import { ATTRIBUTES } from './attributes.ts'

/** More pings without an answer are a dead connection; the oldest are forgotten. */
const MAX_WAITING = 4

/** How long this end's pings took to be answered: a few numbers, however many there are. */
export class PingTimes {
  readonly #waiting: { readonly payload: string; readonly at: number }[] = []
  #count = 0
  #sum = 0
  #min = Infinity
  #max = 0

  sent(payload: unknown): void {
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift()
    this.#waiting.push({ payload: payloadText(payload), at: performance.now() })
  }

  /**
   * A pong carries the payload of the ping it answers; one may answer several. One that nobody asked for is none.
   * @see https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3
   * @returns the time in milliseconds; undefined when it answers no ping of ours
   */
  answered(payload: unknown): number | undefined {
    const text = payloadText(payload)
    const at = this.#waiting.findIndex((ping) => ping.payload === text)
    if (at === -1) return undefined
    const millis = performance.now() - (this.#waiting.splice(0, at + 1).at(-1)?.at ?? 0)
    this.#count++
    this.#sum += millis
    this.#min = Math.min(this.#min, millis)
    this.#max = Math.max(this.#max, millis)
    return millis
  }

  fields(): Record<string, number> {
    if (this.#count === 0) return {}
    return {
      [ATTRIBUTES.pingCount]: this.#count,
      [ATTRIBUTES.pingMin]: micros(this.#min),
      [ATTRIBUTES.pingMean]: micros(this.#sum / this.#count),
      [ATTRIBUTES.pingMax]: micros(this.#max),
    }
  }
}

/** To the microsecond. */
function micros(millis: number): number {
  return Math.round(millis * 1_000) / 1_000
}

/** At most 125 bytes, which is the protocol's limit; compared, never told. */
function payloadText(payload: unknown): string {
  if (ArrayBuffer.isView(payload))
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1')
  if (payload instanceof ArrayBuffer) return Buffer.from(payload).toString('latin1')
  if (typeof payload === 'string') return Buffer.from(payload).toString('latin1')
  return typeof payload === 'number' ? String(payload) : ''
}
