import { ROOT_NODE, runInContext } from '../../src/context/index.ts'
import { ignoredPaths, type IsIgnored } from './ignored-paths.ts'
import { quietly } from './quietly.ts'
import { Session, type SessionStart } from './session.ts'
import { CLOCK_TICK_MILLIS, tickSessionClock } from './session-clock.ts'
import { SessionMetrics } from './session-metrics.ts'
import { SESSION, sessionOf } from './session-mark.ts'
import type { WebSocketSettings } from './websocket-settings.ts'
import type { Socket, WsSocket } from './ws.ts'

const DEFAULT_SUMMARY_MILLIS = 300_000
const TICKS_PER_SUMMARY = 10
/** Summaries of sessions that began together are told over several ticks. */
const MIN_SUMMARIES_PER_TICK = 100

/** What differs between sessions when they begin. */
export type NewSession = Omit<SessionStart, 'summaryMillis' | 'messageShare'>

/** The sessions that are open now. A socket and its session know each other; this holds the sessions only as long as they are open. */
export class OpenSessions {
  readonly metrics: SessionMetrics
  readonly isIgnored: IsIgnored
  /** Whether messages carry the trace of their sender, where the other end agrees. */
  readonly carriesContext: boolean
  readonly #messageShare: number
  readonly #summaryMillis: number
  readonly #tickMillis: number
  /** In the order in which their next summaries are due. */
  readonly #open = new Set<Session>()
  #timer: NodeJS.Timeout | undefined

  constructor(settings: WebSocketSettings) {
    const { summaryMillis = DEFAULT_SUMMARY_MILLIS, messageSpans = false, messageContext = false } = settings
    this.isIgnored = ignoredPaths(settings.ignorePaths)
    this.carriesContext = messageContext
    this.#messageShare = Number(messageSpans)
    this.#summaryMillis = summaryMillis
    const summaryTick = summaryMillis === 0 ? CLOCK_TICK_MILLIS : summaryMillis / TICKS_PER_SUMMARY
    this.#tickMillis = Math.min(CLOCK_TICK_MILLIS, summaryTick)
    this.metrics = new SessionMetrics({ [Symbol.iterator]: () => this.#established() })
  }

  get size(): number {
    return this.#open.size
  }

  *#established(): IterableIterator<Session> {
    for (const session of this.#open) if (session.established) yield session
  }

  /** Begins the session of a socket. */
  begin(socket: Socket, start: NewSession): Session {
    if (this.#timer === undefined) {
      tickSessionClock()
      // Not in the context of whichever session is the first: it would be kept as long as there is another.
      this.#timer = runInContext(ROOT_NODE, () => setInterval(() => this.#tick(), this.#tickMillis).unref())
    }
    const session = new Session({ ...start, summaryMillis: this.#summaryMillis, messageShare: this.#messageShare })
    mark(socket, session)
    this.#open.add(session)
    return session
  }

  /** The connection stands. */
  establish(session: Session, socket: WsSocket): void {
    const { _receiver: receiver } = socket
    if (typeof receiver === 'object' && receiver !== null && sessionOf(receiver) === undefined) mark(receiver, session)
    quietly(() => this.metrics.prepare())
    session.establish(socket)
  }

  close(session: Session, code: unknown, reason: unknown): void {
    if (!this.#open.delete(session)) return
    tickSessionClock()
    this.#count(session, session.close(code, reason))
    if (this.#open.size === 0) this.#stopTimer()
  }

  /** Closes the books of all sessions whose connections are still open. */
  leaveAll(): void {
    this.#stopTimer()
    tickSessionClock()
    for (const session of this.#open)
      quietly(() => {
        session.leaveOpen()
        this.#count(session, undefined)
      })
    this.#open.clear()
  }

  #count(session: Session, closeName: string | undefined): void {
    if (!session.established) return
    const { ageMillis: millis, context } = session
    quietly(() => this.metrics.ended(session, { millis, closeName, context }))
  }

  #stopTimer(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    const now = tickSessionClock()
    if (this.#summaryMillis === 0) return
    const share = (2 * this.#open.size * this.#tickMillis) / this.#summaryMillis
    let left = Math.max(MIN_SUMMARIES_PER_TICK, Math.ceil(share))
    for (const session of this.#open) {
      if (session.summaryDue > now || left-- === 0) return
      this.#open.delete(session)
      this.#open.add(session)
      quietly(() => session.summarize())
    }
  }
}

function mark(target: object, session: Session): void {
  Object.defineProperty(target, SESSION, { value: session, configurable: true })
}
