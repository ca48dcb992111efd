import { auditChannel } from './audit/index.ts'
import type { Clew, ClewStatus } from './clew.ts'
import { Deadline } from './deadline.ts'
import type { Notes } from './diagnostics/index.ts'
import { Lifecycle, type ClosePart } from './lifecycle.ts'
import { getLogger, pipeline, setLevel, type LevelChangeOptions } from './logging/index.ts'
import type { Fields } from './otlp/index.ts'
import { watchProcessEnd } from './process-end.ts'
import { RunningParts } from './running-parts.ts'
import {
  effectiveSettings,
  saidSettings,
  shownUrl,
  type LevelOption,
  type ResolvedSettings,
  type Settings,
} from './settings/index.ts'
import { describeError, THROWN_UNDEFINED } from './values/index.ts'

const EXIT_TIMEOUT_MILLIS = 2_000
/** For the reader of a pipe that is slow. */
const OUTPUTS_TIMEOUT_MILLIS = 1_000
/** For the goodbye of delivery after it could not deliver: long enough to write its books. */
const GOODBYE_MILLIS = 100

/** clew while it runs, and how it ends. */
export class RunningClew implements Clew {
  readonly #settings: Settings
  readonly #layers: ResolvedSettings['layers']
  readonly #parts: RunningParts
  readonly #unwatch: () => void
  readonly #notes: Notes
  readonly #stopped: () => void
  readonly #lifecycle: Lifecycle
  #effective: ReturnType<typeof effectiveSettings> | undefined
  #ended: Promise<void> | undefined
  #exited = false

  /** @param stopped hears when it was shut down */
  constructor({ settings, layers }: ResolvedSettings, notes: Notes, stopped: () => void) {
    this.#settings = settings
    this.#layers = layers
    this.#notes = notes
    this.#stopped = stopped
    this.#parts = new RunningParts(settings, notes, (output, error, what) => this.#noteFailed(output, error, what))
    const { roads } = this.#parts
    this.#lifecycle = new Lifecycle(settings.service, settings.lifecycle && !settings.disabled)
    this.#lifecycle.started(() => startFields(settings, layers))
    this.#unwatch = watchProcessEnd({
      rejectionsPass: settings.rejectionsPass,
      uncaught: uncaughtRecord,
      interrupted: () => this.#interrupted(),
      idle: () => {
        for (const road of roads)
          void road.idle(EXIT_TIMEOUT_MILLIS).catch((error: unknown) => this.#noteFailed('otlp', error))
      },
      exit: () => this.#exit(EXIT_TIMEOUT_MILLIS),
    })
  }

  async flush(timeoutMillis = 10_000): Promise<boolean> {
    const deadline = new Deadline(timeoutMillis)
    const pluginsDone = this.#parts.plugins?.flush(deadline.left)
    await this.#collect(deadline, this.#parts.meters?.flush())
    this.#parts.self?.emit()
    this.#flushOutputs()
    const arrived = await this.#flushRoads(false, deadline)
    return (await pluginsDone) !== false && arrived
  }

  /** Sends all that was said, on all roads side by side; whether it arrived. */
  async #flushRoads(giveUp: boolean, deadline: Deadline): Promise<boolean> {
    const arrived = await Promise.all(this.#parts.roads.map((road) => road.flush(giveUp, deadline.left)))
    return arrived.every(Boolean)
  }

  /** Waits for the metrics to be in the spool; a failure is noted. */
  async #collect(deadline: Deadline, collected: Promise<void> | undefined): Promise<void> {
    try {
      await deadline.wait(collected)
    } catch (error) {
      this.#noteFailed('otlp', error, 'a metric')
    }
  }

  shutdown(): Promise<void> {
    this.#ended ??= this.#shutdown()
    return this.#ended
  }

  /** All steps have one deadline. After a failure to deliver, only a short rest of it blocks the event loop. */
  async #shutdown(): Promise<void> {
    const deadline = new Deadline(this.#settings.shutdownTimeoutMillis)
    // A part that hangs leaves time to send what is said of it.
    await this.#lifecycle.close(new Deadline(deadline.left / 2))
    this.#parts.instrumentations.disableOwn()
    this.#lifecycle.stopped()
    const pluginsDone = this.#parts.plugins?.shutdown(Math.max(0, deadline.left - GOODBYE_MILLIS))
    await this.#collect(deadline, this.#parts.meters?.shutdown())
    this.#parts.instrumentations.disableUsers()
    this.#parts.self?.emit()
    this.#parts.self?.stop()
    this.#parts.stopLevelControl()
    this.#parts.limits.stop()
    auditChannel.stop()
    pipeline.stop()
    const arrived = await this.#flushRoads(true, deadline)
    await pluginsDone
    this.#unwatch()
    this.#exit(Math.min(deadline.left, arrived ? EXIT_TIMEOUT_MILLIS : GOODBYE_MILLIS))
    for (const road of this.#parts.roads) road.stop()
    this.#parts.releaseGlobals()
    this.#stopped()
  }

  #exit(timeoutMillis: number): void {
    if (this.#exited) return
    this.#exited = true
    try {
      this.#parts.instrumentations.disableOwn()
      this.#lifecycle.stopped()
      this.#parts.limits.report()
      this.#endOutputs(Math.min(timeoutMillis, OUTPUTS_TIMEOUT_MILLIS))
      const deadline = new Deadline(timeoutMillis)
      for (const road of this.#parts.roads) road.exit(deadline.left)
    } catch (error) {
      this.#notes.note('process_end', `something failed while the process ended: ${describeError(error)}`)
    }
  }

  #endOutputs(timeoutMillis: number): void {
    for (const output of this.#parts.outputs) {
      try {
        output.end?.(timeoutMillis)
      } catch (error) {
        this.#notes.note('left_out', `${output.name}: ${describeError(error)}`)
      }
    }
  }

  #flushOutputs(): void {
    for (const output of this.#parts.outputs) output.flush?.()
  }

  #interrupted(): void {
    try {
      this.#flushOutputs()
      for (const road of this.#parts.roads) road.spool.seal()
    } catch (error) {
      this.#notes.note('process_end', `something failed while the process was interrupted: ${describeError(error)}`)
    }
  }

  status(): ClewStatus {
    const { logs, traces, metrics } = this.#settings.otlp?.endpoints ?? {}
    const url = (logs ?? traces ?? metrics)?.url
    return {
      running: this.#ended === undefined,
      service: this.#settings.service,
      settings: (this.#effective ??= effectiveSettings(this.#layers)),
      environment: this.#settings.environment,
      endpoint: url === undefined ? undefined : shownUrl(url),
      instrumentations: this.#parts.instrumentations.status(),
      delivery: this.#parts.road?.status(),
      database: this.#parts.databaseRoad?.status(),
      files: this.#parts.files?.status(),
      audit: { ready: pipeline.keepsAudit, unwritten: auditChannel.unwritten },
      leftOut: pipeline.leftOut,
      unsampled: this.#parts.sampling?.leftOut ?? 0,
    }
  }

  #noteFailed(output: string, error: unknown, what = 'a record'): void {
    this.#notes.note(`output.${output}`, `${what} could not be written to ${output}: ${describeError(error)}`)
  }

  ready(fields?: Fields): void {
    this.#lifecycle.ready(fields)
  }

  onShutdown(part: string, close: ClosePart): () => void {
    return this.#lifecycle.add(part, close)
  }

  setLevel(level: LevelOption, change?: string | LevelChangeOptions): void {
    setLevel(level, change)
  }
}

function uncaughtRecord(error: unknown, origin: string): void {
  getLogger('process').critical(
    origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception',
    error === undefined ? THROWN_UNDEFINED : error,
    {},
  )
}

/** What STARTUP tells: who starts, where, and what was set by whom; the rest are defaults. */
function startFields(
  { service, environment, resource, otlp, database }: Settings,
  layers: ResolvedSettings['layers'],
): Fields {
  const { logs, traces, metrics } = otlp?.endpoints ?? {}
  const endpoint = (logs ?? traces ?? metrics)?.url
  return {
    'service.name': service,
    'service.version': resource['service.version'],
    'deployment.environment.name': environment,
    'process.runtime.version': process.versions.node,
    'clew.endpoint': endpoint === undefined ? undefined : shownUrl(endpoint),
    'clew.database': database === undefined ? undefined : shownUrl(database.url),
    'clew.settings': saidSettings(layers).map(
      ({ path, value, origin, from }) => `${path}=${value} (${from ?? origin})`,
    ),
  }
}
