import { context } from '@opentelemetry/api'
import { SUPPRESSED } from '../context/index.ts'
import { signalOf } from '../spool/index.ts'
import { DeliveryCounters } from './delivery-counters.ts'
import type { DeliveryListener } from './delivery-event.ts'
import type { DeliveryHost } from './delivery-host.ts'
import type { Delivery, DeliveryMessage, DeliverySettings } from './delivery.ts'
import { withDeadline } from './with-deadline.ts'

/** Delivery in this thread. It is loaded here, so that a program whose worker starts never loads it. */
export class LocalHost implements DeliveryHost {
  readonly threaded = false
  readonly #settings: DeliverySettings
  readonly #loaded: Promise<void>
  #delivery: Delivery | undefined
  /** What was sent before it was loaded. */
  #waiting: DeliveryMessage[] = []
  #closed = false

  /** Its requests are made in a context in which nothing is traced, by whichever SDK: they would tell of themselves without end. */
  constructor(settings: DeliverySettings, tell: DeliveryListener) {
    this.#settings = settings
    this.#loaded = context
      .with(SUPPRESSED, () => this.#load(tell))
      .catch((error: unknown) => {
        tell({ type: 'note', code: 'delivery', message: `delivery can't be loaded, nothing is sent: ${String(error)}` })
        this.close()
      })
  }

  /** The import is spelled out, so that a bundler finds it. */
  async #load(tell: DeliveryListener): Promise<void> {
    const { Delivery } = await import('./delivery.ts')
    if (this.#closed) return
    this.#delivery = new Delivery(this.#settings, tell)
    for (const message of this.#waiting.splice(0)) this.#delivery.receive(message)
  }

  send(message: DeliveryMessage): void {
    if (this.#delivery !== undefined) return this.#delivery.receive(message)
    this.#waiting.push(message)
    if (this.#closed) this.#giveUp()
  }

  drain(giveUp: boolean, timeoutMillis: number): Promise<boolean> {
    const drained = this.#loaded.then(() => this.#delivery?.drain(giveUp, timeoutMillis) ?? false)
    return withDeadline(drained, timeoutMillis)
  }

  /** Without a thread nothing can be sent while the process ends; what is on disk waits for the next one. */
  exit(): boolean {
    this.close()
    return true
  }

  close(): void {
    this.#closed = true
    this.#delivery?.close()
    this.#giveUp()
  }

  /** Counts what came only by message and was not taken over. */
  #giveUp(): void {
    const counters = new DeliveryCounters(this.#settings.counters)
    for (const message of this.#waiting.splice(0)) {
      if (message.type !== 'block') continue
      counters.add(`dropped.shutdown.${signalOf(message.lane)}`, message.count)
      counters.add(`beyond.memory.${message.lane}`, -message.count)
    }
  }
}
