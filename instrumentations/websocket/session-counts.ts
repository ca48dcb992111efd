import { ATTRIBUTES } from './attributes.ts'
import { messageSize } from './message-size.ts'
import { PingTimes } from './ping-times.ts'
import { sessionClock } from './session-clock.ts'
import { BINARY, kindFields, PING, PONG, TEXT, Traffic, type Kind } from './traffic.ts'

/** What is told of a sent message beside its data. */
export interface SendOptions {
  readonly binary?: unknown
  readonly fin?: unknown
}

/** What a session counts: numbers only, so nothing grows with its messages. */
export class SessionCounts {
  readonly received = new Traffic()
  readonly sent = new Traffic()
  #pings: PingTimes | undefined
  #active = sessionClock.millis
  #longestIdle = 0
  #buffered = 0
  #maxBuffered = 0
  /** The kind of a message of which fragments are still to come. */
  #unfinished: Kind | undefined

  /** Never throws. @param isBinary undefined where the data's type tells it */
  receive(data: unknown, isBinary: unknown): void {
    this.#touch()
    try {
      const kind = isBinary === undefined ? kindOf(data) : isBinary === true ? BINARY : TEXT
      this.received.add(kind, sizeOf(data))
    } catch {
      // what can't be counted is handled all the same
    }
  }

  /** Never throws. @param socket is asked what waits to be sent now */
  send(data: unknown, options: unknown, socket: { readonly bufferedAmount: number }): void {
    this.#touch()
    try {
      this.#weigh(socket)
      const hasOptions = typeof options === 'object' && options !== null
      const binary = hasOptions ? (options as SendOptions).binary : undefined
      const fin = hasOptions ? (options as SendOptions).fin : undefined
      const kind = binary === undefined ? kindOf(data) : binary ? BINARY : TEXT
      if (this.#unfinished === undefined && (fin === undefined || fin === true)) this.sent.add(kind, sizeOf(data))
      else this.#sendPart(kind, sizeOf(data), fin === undefined || Boolean(fin))
    } catch {
      // what can't be counted is sent all the same
    }
  }

  /** A whole message that was sent as a frame made before. */
  sendFrame(kind: Kind, bytes: number, socket: { readonly bufferedAmount: number }): void {
    this.#touch()
    this.#weigh(socket)
    this.sent.add(kind, bytes)
  }

  #weigh({ bufferedAmount }: { readonly bufferedAmount: number }): void {
    if (bufferedAmount > this.#buffered) this.#buffered = bufferedAmount
  }

  /** Of a message in fragments, the first tells the kind, and the last makes it one. */
  #sendPart(kind: Kind, size: number, isLast: boolean): void {
    const known = this.#unfinished ?? kind
    this.#unfinished = isLast ? undefined : known
    this.sent.add(known, size, isLast ? 1 : 0)
  }

  /** Whether what is sent now begins a message. */
  get isBetweenMessages(): boolean {
    return this.#unfinished === undefined
  }

  ping(payload: unknown): void {
    this.sent.add(PING, messageSize(payload))
    this.#pings ??= new PingTimes()
    this.#pings.sent(payload)
  }

  /** @returns how long the ping took that it answers, in milliseconds */
  pong(payload: unknown): number | undefined {
    this.received.add(PONG, messageSize(payload))
    return this.#pings?.answered(payload)
  }

  #touch(): void {
    const now = sessionClock.millis
    if (now === this.#active) return
    this.#longestIdle = Math.max(this.#longestIdle, now - this.#active)
    this.#active = now
  }

  /** Most bytes that waited to be sent since this was last asked. */
  takeBuffered(): number {
    const buffered = this.#buffered
    this.#maxBuffered = Math.max(this.#maxBuffered, buffered)
    this.#buffered = 0
    return buffered
  }

  /** @param ageMillis of the session: no pause is longer, however coarse its clock */
  fields(ageMillis: number): Record<string, number> {
    const idle = Math.min(ageMillis, Math.max(0, sessionClock.millis - this.#active))
    const { received, sent } = this
    return {
      [ATTRIBUTES.messagesReceived]: received.dataMessages,
      [ATTRIBUTES.messagesSent]: sent.dataMessages,
      [ATTRIBUTES.bytesReceived]: received.dataBytes,
      [ATTRIBUTES.bytesSent]: sent.dataBytes,
      ...kindFields(received, 'received'),
      ...kindFields(sent, 'sent'),
      [ATTRIBUTES.idle]: Math.round(idle),
      [ATTRIBUTES.longestIdle]: Math.round(Math.max(Math.min(ageMillis, this.#longestIdle), idle)),
      [ATTRIBUTES.bufferedMax]: Math.max(this.#maxBuffered, this.#buffered),
      ...this.#pings?.fields(),
    }
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data)
  return data instanceof Uint8Array ? data.byteLength : messageSize(data)
}

function kindOf(data: unknown): Kind {
  return typeof data === 'string' || typeof data === 'number' ? TEXT : BINARY
}
