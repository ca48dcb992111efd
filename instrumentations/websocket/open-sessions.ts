import type { Context, Span } from '@opentelemetry/api'
import type { Fields } from '../../src/otlp/index.ts'
import { quietly } from './quietly.ts'
import { Session } from './session.ts'
import type { Socket } from './ws.ts'

const TICKS_PER_SUMMARY = 10

type Watched = Socket & { [key: symbol]: Session | undefined }

/** The sessions that are open now. A socket and its session know each other; this holds the sessions only as long as they are open. */
export class OpenSessions {
  readonly #key = Symbol('clew.websocket.session')
  readonly #open = new Map<Session, number>()
  readonly #summaryMillis: number
  #timer: NodeJS.Timeout | undefined

  constructor(summaryMillis: number) {
    this.#summaryMillis = summaryMillis
  }

  get size(): number {
    return this.#open.size
  }

  of(socket: Socket): Session | undefined {
    return (socket as Watched)[this.#key]
  }

  /** Begins the session of a socket. */
  begin(socket: Socket, start: { span: Span; context: Context; fields: Fields }): Session {
    const session = new Session(start)
    Object.defineProperty(socket, this.#key, { value: session, configurable: true })
    this.#open.set(session, this.#summaryMillis)
    if (this.#summaryMillis > 0)
      this.#timer ??= setInterval(() => this.#summarize(), this.#summaryMillis / TICKS_PER_SUMMARY).unref()
    return session
  }

  close(session: Session, code: unknown, reason: unknown): void {
    this.#open.delete(session)
    session.close(code, reason)
    if (this.#open.size === 0) this.#stopTimer()
  }

  /** Closes the books of all sessions whose connections are still open. */
  leaveAll(): void {
    this.#stopTimer()
    for (const session of this.#open.keys()) quietly(() => session.leaveOpen())
    this.#open.clear()
  }

  #stopTimer(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #summarize(): void {
    for (const [session, due] of this.#open) {
      if (session.ageMillis < due) continue
      this.#open.set(session, session.ageMillis + this.#summaryMillis)
      quietly(() => session.summarize())
    }
  }
}
