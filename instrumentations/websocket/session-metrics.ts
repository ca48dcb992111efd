import {
  metrics,
  type BatchObservableResult,
  type Context,
  type Histogram,
  type MeterProvider,
  type Observable,
} from '@opentelemetry/api'
import { ATTRIBUTES, METRICS } from './attributes.ts'
import { COMPONENT } from './session-record.ts'
import type { SessionCounts } from './session-counts.ts'
import { KINDS, Traffic, type Kind } from './traffic.ts'

export type Role = 'server' | 'client'

/** What metrics want to know of an open session. */
export interface Measured {
  readonly role: Role
  readonly counts: SessionCounts
}

/** From a blink to a day, in seconds. */
const DURATION_BOUNDARIES = [0.1, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400]
const PING_BOUNDARIES = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const ROLES = ['server', 'client'] as const

/**
 * Sessions, messages and bytes as metrics. Messages are not recorded one by one: what the sessions count is added up when metrics are collected. Instruments are made at the first session: a
 * program without any does not load the metrics SDK.
 */
export class SessionMetrics {
  readonly #open: Iterable<Measured>
  /** Of sessions that are over. */
  readonly #closed = { server: new RoleTraffic(), client: new RoleTraffic() }
  #provider: MeterProvider | undefined
  #duration: Histogram | undefined
  #ping: Histogram | undefined

  /** @param open the open sessions, as they are whenever it is iterated over */
  constructor(open: Iterable<Measured>) {
    this.#open = open
  }

  /** Makes the instruments, anew when the program has set another meter provider. */
  prepare(): void {
    const provider = metrics.getMeterProvider()
    if (provider === this.#provider) return
    this.#provider = provider
    const meter = provider.getMeter(COMPONENT)
    this.#duration = meter.createHistogram(METRICS.duration, {
      description: 'Duration of WebSocket sessions.',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
    })
    this.#ping = meter.createHistogram(METRICS.ping, {
      description: 'Time from a ping to its pong.',
      unit: 's',
      advice: { explicitBucketBoundaries: PING_BOUNDARIES },
    })
    const active = meter.createObservableUpDownCounter(METRICS.activeSessions, {
      description: 'WebSocket sessions that are open.',
      unit: '{session}',
    })
    const messages = meter.createObservableCounter(METRICS.messages, {
      description: 'WebSocket messages and control frames.',
      unit: '{message}',
    })
    const bytes = meter.createObservableCounter(METRICS.bytes, {
      description: 'Payload of WebSocket messages and control frames, before compression.',
      unit: 'By',
    })
    const buffered = meter.createObservableGauge(METRICS.buffered, {
      description: 'Most bytes that waited to be sent in one session since the last collection.',
      unit: 'By',
    })
    const instruments = { active, messages, bytes, buffered }
    meter.addBatchObservableCallback((result) => this.#observe(result, instruments), Object.values(instruments))
  }

  pinged(millis: number, role: Role, context: Context): void {
    this.#ping?.record(millis / 1_000, { [ATTRIBUTES.role]: role }, context)
  }

  /** A session is over. @param ending by which name it was closed; undefined when it stays open */
  ended({ role, counts }: Measured, end: { millis: number; closeName: string | undefined; context: Context }): void {
    this.#closed[role].add(counts)
    const attributes = {
      [ATTRIBUTES.role]: role,
      ...(end.closeName === undefined ? undefined : { [ATTRIBUTES.closeName]: end.closeName }),
    }
    this.#duration?.record(end.millis / 1_000, attributes, end.context)
  }

  #observe(result: BatchObservableResult, instruments: Instruments): void {
    const totals = { server: this.#closed.server.copy(), client: this.#closed.client.copy() }
    for (const { role, counts } of this.#open) totals[role].addOpen(counts)
    for (const role of ROLES) totals[role].observe(result, instruments, { [ATTRIBUTES.role]: role })
  }
}

interface Instruments {
  readonly active: Observable
  readonly messages: Observable
  readonly bytes: Observable
  readonly buffered: Observable
}

/** What all sessions of one role carried. */
class RoleTraffic {
  readonly #received = new Traffic()
  readonly #sent = new Traffic()
  #seen = false
  #open = 0
  #buffered = 0

  add(counts: SessionCounts): void {
    this.#seen = true
    this.#received.addAll(counts.received)
    this.#sent.addAll(counts.sent)
    this.#buffered = Math.max(this.#buffered, counts.takeBuffered())
  }

  addOpen(counts: SessionCounts): void {
    this.add(counts)
    this.#open++
  }

  /** The most that was buffered goes over to the copy: it is of the time since the last one. */
  copy(): RoleTraffic {
    const copy = new RoleTraffic()
    copy.#seen = this.#seen
    copy.#received.addAll(this.#received)
    copy.#sent.addAll(this.#sent)
    copy.#buffered = this.#buffered
    this.#buffered = 0
    return copy
  }

  /** A role that there was no session of is not told. */
  observe(result: BatchObservableResult, { active, messages, bytes, buffered }: Instruments, role: object): void {
    if (!this.#seen) return
    result.observe(active, this.#open, { ...role })
    result.observe(buffered, this.#buffered, { ...role })
    for (const [direction, traffic] of [
      ['receive', this.#received],
      ['transmit', this.#sent],
    ] as const)
      // prettier-ignore
      for (const [kind, name] of KINDS.entries()) {
        const count = traffic.messages(kind as Kind)
        if (count === 0) continue
        const attributes = { ...role, [ATTRIBUTES.direction]: direction, [ATTRIBUTES.messageKind]: name }
        result.observe(messages, count, attributes)
        result.observe(bytes, traffic.bytes(kind as Kind), attributes)
      }
  }
}
