import { createOwner, SegmentWriter, Spool, type BlockSink, type LaneName } from './spool/index.ts'
import { DeliveryCounters, DROP_REASONS, startDelivery, type DeliveryHost } from './delivery/index.ts'
import type { Notes } from './diagnostics/index.ts'
import type { OtlpSettings } from './settings/index.ts'

const WRITE_DELAY_MILLIS = 50
const MAX_MEMORY_BYTES = 32 * 1024 * 1024
const MAX_DISK_BYTES = 512 * 1024 * 1024
const COPY_BELOW_BYTES = 32 * 1024

/** What became of the entries said so far. */
export interface RoadStatus {
  /** Entries encoded: records, spans and metrics. */
  readonly said: number
  readonly delivered: { readonly logs: number; readonly traces: number; readonly metrics: number }
  /** Entries that were left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>
  readonly retries: number
  /** The directory in which entries wait; undefined for memory. */
  readonly spool: string | undefined
}

/** The road from encoded entries to the collector: spool, then delivery, which starts when there is something to send. */
export class TelemetryRoad {
  readonly spool: Spool
  readonly #counters = new DeliveryCounters()
  readonly #owner = createOwner()
  readonly #segments: SegmentWriter | undefined
  readonly #start: () => DeliveryHost
  readonly #notes: Notes
  readonly #quiet: boolean
  #host: DeliveryHost | undefined
  #ended = false

  /** @param resource the content of a Resource message */
  constructor(otlp: OtlpSettings, resource: Uint8Array, notes: Notes) {
    this.#notes = notes
    this.#segments = this.#openSegments(otlp.spoolDirectory, resource)
    this.spool = new Spool(this.#segments ?? this.#memorySink(), { writeDelayMillis: WRITE_DELAY_MILLIS })
    const settings = {
      endpoints: otlp.endpoints,
      proxy: otlp.proxy,
      directory: this.#segments === undefined ? undefined : otlp.spoolDirectory,
      owner: this.#owner,
      meta: resource,
      maxMemoryBytes: MAX_MEMORY_BYTES,
      maxDiskBytes: MAX_DISK_BYTES,
      counters: this.#counters.memory,
    }
    this.#quiet = otlp.spoolDirectory === undefined
    this.#start = () => startDelivery(settings, (code, message) => this.#note(code, message))
    // What an earlier process left behind goes out even if this one says nothing.
    if (this.#segments !== undefined) setTimeout(() => this.#delivery(), 1_000).unref()
  }

  /** In development most of the time nobody listens at the embedded server's address: one hint is enough. */
  #note(code: string, message: string): void {
    if (code === 'unreachable' && this.#quiet)
      this.#notes.once('no_viewer', 'no viewer runs here to send telemetry to: npx clew up starts one')
    else this.#notes.note(code, message)
  }

  #openSegments(directory: string | undefined, meta: Uint8Array): SegmentWriter | undefined {
    if (directory === undefined) return undefined
    try {
      return new SegmentWriter({
        directory,
        owner: this.#owner,
        meta,
        opened: (lane, path) => (this.#ended ? undefined : this.#delivery().send({ type: 'segment', lane, path })),
        failed: (lane, block, count, error) => {
          this.#notes.note(
            'unwritable',
            `the spool ${directory} can't be written (${describe(error)}); entries wait in memory instead`,
          )
          return this.#sendBlock(lane, block, count)
        },
      })
    } catch (error) {
      this.#notes.note(
        'unwritable',
        `the spool ${directory} can't be made (${describe(error)}); entries wait in memory instead, and are lost if the process is killed`,
      )
      return undefined
    }
  }

  #memorySink(): BlockSink {
    return { write: (lane, block, count) => this.#sendBlock(lane, block, count) }
  }

  /** Gives a block to delivery; a small one as a copy, so that its page can be used again. */
  #sendBlock(lane: LaneName, block: Buffer, count: number): boolean {
    if (this.#ended) {
      this.#counters.addDropped('shutdown', count)
      return true
    }
    const copied = block.length < COPY_BELOW_BYTES
    this.#delivery().send({ type: 'block', lane, block: copied ? Uint8Array.from(block) : block })
    return copied
  }

  #delivery(): DeliveryHost {
    return (this.#host ??= this.#start())
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
    this.#host?.exit(timeoutMillis)
    this.#segments?.release()
  }

  status(): RoadStatus {
    const counters = this.#counters
    return {
      said: this.spool.appended,
      delivered: {
        logs: counters.delivered('logs'),
        traces: counters.delivered('traces'),
        metrics: counters.delivered('metrics'),
      },
      dropped: Object.fromEntries(DROP_REASONS.map((reason) => [reason, counters.dropped(reason)])),
      retries: counters.retries,
      spool: this.#segments?.directory,
    }
  }
}

function describe(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
