import type { InstrumentationStatus } from '../instrumentations/instrumentation.ts'
import type { Fields } from './otlp/index.ts'
import type { LevelChangeOptions } from './logging/index.ts'
import type { FileStatus } from './outputs/files/index.ts'
import type { EffectiveSetting, LevelOption } from './settings/index.ts'
import type { RoadStatus } from './telemetry-road.ts'

/** What is on, and what became of what was said. */
export interface ClewStatus {
  readonly running: boolean
  readonly service: string
  readonly environment: string
  /** Every setting as it is in force, and who said it; without secrets. */
  readonly settings: readonly EffectiveSetting[]
  /** Where telemetry goes, without credentials; undefined when it is not sent. */
  readonly endpoint: string | undefined
  readonly instrumentations: readonly InstrumentationStatus[]
  /** Undefined when telemetry is not sent. */
  readonly delivery: RoadStatus | undefined
  /** The same of the records that go to the database; undefined when there is none. */
  readonly database: RoadStatus | undefined
  /** Undefined when nothing is written to files. */
  readonly files: FileStatus | undefined
  readonly audit: {
    /** Whether an audit record said now would be written where it outlives the process. */
    readonly ready: boolean
    /** Audit records that were not, since the start. */
    readonly unwritten: number
  }
  /** Records said before `init()` or after `shutdown()`. */
  readonly leftOut: number
  /** Records of traces that are not sampled, left out because `logSampling` is `trace`. */
  readonly unsampled: number
}

/** A running clew. */
export interface Clew {
  /** Sends what was said so far. @returns true when all of it has arrived; false when some waits in the spool, or a processor of the user's failed */
  flush(timeoutMillis?: number): Promise<boolean>
  /** Sends what it can, within the set time, and stops: afterwards nothing is recorded any more. Safe to call twice. */
  shutdown(): Promise<void>
  status(): ClewStatus
  /** Says READY, once: the program can do its work now. */
  ready(fields?: Fields): void
  /**
   * Has `shutdown()` close a part of the program, the last one first, in half of its time, and say how long it took.
   * @example clew.onShutdown('http server', () => new Promise((done) => server.close(done)))
   * @returns takes the part back
   */
  onShutdown(part: string, close: () => unknown): () => void
  /**
   * Sets the least level that is kept while the program runs: of everything, of one component, for a time, or for some records only. Said on the audit channel.
   * @example clew.setLevel('DEBUG', { component: 'orders', forMillis: 600_000, where: { 'user.id': 'u1' } })
   * @throws RangeError for a level that does not exist
   */
  setLevel(level: LevelOption, change?: string | LevelChangeOptions): void
}

/** What `init()` answers in clew's own delivery worker, where nothing is recorded: it would tell of itself without end. */
export const INERT_CLEW: Clew = Object.freeze({
  flush: () => Promise.resolve(true),
  shutdown: () => Promise.resolve(),
  status: () => ({
    running: false,
    service: 'clew delivery',
    environment: '',
    settings: [],
    endpoint: undefined,
    instrumentations: [],
    delivery: undefined,
    database: undefined,
    files: undefined,
    audit: { ready: false, unwritten: 0 },
    leftOut: 0,
    unsampled: 0,
  }),
  ready: () => {},
  onShutdown: () => () => {},
  setLevel: () => {},
})
