import {
  createOwner,
  LANES,
  monotonicMillis,
  SegmentWriter,
  signalOf,
  Spool,
  type LaneName,
  type Signal,
} from './spool/index.ts'
import {
  DeliveryCounters,
  DROP_REASONS,
  startDelivery,
  type DeliveryEvent,
  type DeliveryHost,
  type DeliverySettings,
  type Outage,
} from './delivery/index.ts'
import { ROOT_NODE, runInContext } from './context/index.ts'
import type { DatabaseSettings } from './database/index.ts'
import { DropReport, type Notes } from './diagnostics/index.ts'
import { DEFAULT_SPOOL, type OtlpSettings, type SpoolSettings } from './settings/index.ts'
import { DEFAULT_SAFETY } from './values/index.ts'

const MAX_MEMORY_BYTES = 32 * 1024 * 1024
const COPY_BELOW_BYTES = 32 * 1024

/** Entries that are not delivered yet. */
export interface WaitingStatus {
  readonly entries: number
  /** Their size, looked up every second. */
  readonly bytes: number
}

/** What became of the entries said so far. */
export interface RoadStatus {
  /** Entries encoded: records, spans and metrics. */
  readonly said: number
  readonly delivered: { readonly logs: number; readonly traces: number; readonly metrics: number }
  /** Entries that were left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** What waits, of earlier processes too. */
  readonly waiting: {
    readonly memory: WaitingStatus
    readonly spool: WaitingStatus
    /** For how long the oldest has waited; undefined when nothing does. */
    readonly oldestMillis: number | undefined
  }
  /** Refused entries that were kept in a file, and how many of these had to go again for want of room. */
  readonly deadLetters: { readonly written: number; readonly removed: number }
  readonly retries: number
  /** Why the last request that failed did, and when (milliseconds since 1970). */
  readonly lastError: { readonly message: string; readonly timeMillis: number } | undefined
  /** Where delivery runs; undefined before there was something to send. */
  readonly thread: 'worker' | 'main' | undefined
  /** The directory in which entries wait; undefined for memory. */
  readonly spool: string | undefined
}

/** What a road may be given beside its way. */
export interface RoadOptions {
  readonly spool?: SpoolSettings
  /** Hears of an outage when it is over, if entries waited in it or were left out. */
  readonly recovered?: (outage: Outage) => void
  /** The database that records go to, in place of all endpoints. */
  readonly database?: DatabaseSettings
}

/** The road from encoded entries to the collector: spool, then delivery, which starts when there is something to send. */
export class TelemetryRoad {
  readonly spool: Spool
  readonly counters = new DeliveryCounters()
  /** Of what this side leaves out itself. */
  readonly #ownCounters = new DeliveryCounters()
  readonly #segments: SegmentWriter | undefined
  readonly #settings: DeliverySettings
  readonly #notes: Notes
  readonly #report: DropReport
  readonly #recovered: (outage: Outage) => void
  #host: DeliveryHost | undefined
  #lastError: RoadStatus['lastError']
  #diskFails = false
  #ended = false
  #stopped = false

  /** @param resource the content of a Resource message */
  constructor(otlp: OtlpSettings, resource: Uint8Array, notes: Notes, options: RoadOptions = {}) {
    const { spool = DEFAULT_SPOOL, recovered = () => {}, database } = options
    this.#notes = notes
    this.#recovered = recovered
    this.#report = new DropReport(notes, () => this.#dropped())
    this.#settings = {
      endpoints: otlp.endpoints,
      proxy: otlp.proxy,
      database,
      directory: otlp.spoolDirectory,
      owner: createOwner(),
      meta: resource,
      maxMemoryBytes: MAX_MEMORY_BYTES,
      maxDiskBytes: spool.maxBytes,
      maxAgeMillis: spool.maxAgeMillis,
      attended: false,
      counters: this.counters.memory,
    }
    this.#segments = otlp.spoolDirectory === undefined ? undefined : this.#createSegments(otlp.spoolDirectory)
    this.spool = new Spool(
      {
        write: (lane, block, count) => this.#write(lane, block, count),
        leftOut: (lane) => this.#leaveOut(lane, 1),
      },
      spool,
    )
    // What an earlier process left behind goes out even if this one says nothing.
    if (this.#segments !== undefined) setTimeout(() => this.#ended || this.#delivery(), 1_000).unref()
  }

  #createSegments(directory: string): SegmentWriter {
    const { owner, meta, maxDiskBytes } = this.#settings
    return new SegmentWriter({
      directory,
      owner,
      meta,
      maxBytes: maxDiskBytes,
      opened: (lane, path) => {
        const before = this.counters.get(`given.spool.${lane}`)
        if (!this.#ended) this.#delivery().send({ type: 'segment', lane, path, before })
      },
      wrote: (lane, count) => {
        this.#diskFails = false
        this.counters.add(`given.spool.${lane}`, count)
      },
      failed: (lane, block, count, error) => {
        this.#noteUnwritable(directory, error)
        return this.#sendBlock(lane, block, count)
      },
    })
  }

  #write(lane: LaneName, block: Buffer, count: number): boolean {
    if (this.#stopped) return this.#leaveOut(lane, count)
    return this.#segments?.write(lane, block, count) ?? this.#sendBlock(lane, block, count)
  }

  /** Once for each time that the disk begins to fail. */
  #noteUnwritable(directory: string, error: unknown): void {
    if (this.#diskFails) return
    this.#diskFails = true
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    this.#notes.note(
      'unwritable',
      `the spool ${directory} can't be written (${reason}); until it can, entries wait in memory, and are lost if the process is killed`,
    )
  }

  /** Gives a block to delivery; a small one as a copy, so that its page can be used again. */
  #sendBlock(lane: LaneName, block: Buffer, count: number): boolean {
    if (this.#ended) return this.#leaveOut(lane, count)
    const copied = block.length < COPY_BELOW_BYTES
    this.#delivery().send({ type: 'block', lane, block: copied ? Uint8Array.from(block) : block, count })
    this.counters.add(`given.memory.${lane}`, count)
    return copied
  }

  #leaveOut(lane: LaneName, count: number): boolean {
    this.#ownCounters.add(`dropped.shutdown.${signalOf(lane)}`, count)
    return true
  }

  #delivery(): DeliveryHost {
    // Its thread would keep the context of whoever said the first entry, mostly a request's, as long as the process lives.
    return (this.#host ??= runInContext(ROOT_NODE, () => startDelivery(this.#settings, (event) => this.#hear(event))))
  }

  /** Whether entries go where most of the time nobody listens: to the embedded server's address, in development. */
  get #quiet(): boolean {
    return this.#segments === undefined
  }

  #hear(event: DeliveryEvent): void {
    if (event.type === 'note') this.#note(event.code, event.message)
    else if (event.type === 'failed')
      this.#lastError = { message: DEFAULT_SAFETY.text(event.message), timeMillis: Date.now() }
    else if (event.type === 'recovered') this.#tellOutage(event.outage)
    else if (!this.#quiet) this.#report.changed()
  }

  #note(code: string, message: string): void {
    if (code === 'unreachable' && this.#quiet)
      this.#notes.once('no_viewer', 'no viewer runs here to send telemetry to: npx clew up starts one')
    else this.#notes.note(code, DEFAULT_SAFETY.text(message))
  }

  /** An outage in which nothing waited but the record about the one before would be told of without end. */
  #tellOutage(outage: Outage): void {
    const lost = Object.keys(outage.dropped).length > 0
    if (lost || (outage.waited > 1 && !this.#quiet)) this.#recovered(outage)
  }

  /** Whether what is written at once stands on the disk. */
  get isOnDisk(): boolean {
    return this.#segments !== undefined && !this.#diskFails
  }

  /** Sends all that was said; true when it arrived, false when it waits in the spool (or, at the deadline, still goes on). */
  async flush(giveUp: boolean, timeoutMillis: number): Promise<boolean> {
    this.spool.seal()
    return this.#host === undefined ? true : this.#host.drain(giveUp, timeoutMillis)
  }

  /** The process has nothing left to do. Delivery in this thread could not send while the process ends, so it does now. */
  async idle(timeoutMillis: number): Promise<void> {
    this.spool.seal()
    if (this.#host?.threaded === false) await this.#host.drain(true, timeoutMillis)
  }

  /** Writes and sends what it can while the process ends. Blocks, for so long at most. */
  exit(timeoutMillis: number): void {
    this.spool.writeThrough()
    this.#ended = true
    // What other listeners of the exit still say goes into new segments, for the next process.
    this.#segments?.close()
    if (this.#host?.exit(timeoutMillis) === false) this.#abandon(this.#host)
    if (this.#host === undefined) this.#segments?.release()
    if (!this.#quiet) this.#report.tell()
  }

  /** Delivery has not stopped in time: what is only in its memory is lost. */
  #abandon(host: DeliveryHost): void {
    host.close()
    for (const lane of LANES) this.#leaveOut(lane, this.counters.waiting('memory', lane))
    this.#segments?.release()
  }

  /** From now on nothing is kept: not for the next process either. */
  stop(): void {
    this.#stopped = true
  }

  #dropped(): Record<string, number> {
    return Object.fromEntries(
      DROP_REASONS.map((reason) => [reason, this.counters.dropped(reason) + this.#ownCounters.dropped(reason)]),
    )
  }

  /** Entries that wait, of one signal or of all. */
  waiting(place: 'spool' | 'memory', signal?: Signal): number {
    const lanes = LANES.filter((lane) => signal === undefined || signalOf(lane) === signal)
    return lanes.reduce((total, lane) => total + this.counters.waiting(place, lane), 0)
  }

  status(): RoadStatus {
    const { counters } = this
    const oldest = counters.get('oldest')
    return {
      said: this.spool.appended,
      delivered: {
        logs: counters.get('delivered.logs'),
        traces: counters.get('delivered.traces'),
        metrics: counters.get('delivered.metrics'),
      },
      dropped: this.#dropped(),
      waiting: {
        memory: { entries: this.waiting('memory') + this.spool.unsealed, bytes: counters.get('bytes.memory') },
        spool: { entries: this.waiting('spool'), bytes: counters.get('bytes.spool') },
        oldestMillis: oldest > 0 && oldest < Infinity ? Math.max(0, monotonicMillis() - oldest) : undefined,
      },
      deadLetters: { written: counters.get('deadLetters.written'), removed: counters.get('deadLetters.removed') },
      retries: counters.get('retries'),
      lastError: this.#lastError,
      thread: this.#host === undefined ? undefined : this.#host.threaded ? 'worker' : 'main',
      spool: this.isOnDisk ? this.#settings.directory : undefined,
    }
  }
}
