import { FlightRecorder, pipeline, reportLeftOut, VolumeLimits } from './logging/index.ts'
import type { Settings } from './settings/index.ts'
import type { RecordingSpan } from './tracing/index.ts'

const REPORT_MILLIS = 10_000
const ERROR_STATUS = 2

/** The limits of volume and the flight recorder at work: what decides on records beyond their level. */
export class RecordLimits {
  readonly #volume: VolumeLimits | undefined
  readonly #recorder: FlightRecorder | undefined
  #timer: NodeJS.Timeout | undefined

  constructor({ volume, flightRecorder }: Pick<Settings, 'volume' | 'flightRecorder'>) {
    this.#volume = volume.length === 0 ? undefined : new VolumeLimits(volume, () => this.#reportSoon())
    this.#recorder = flightRecorder === undefined ? undefined : new FlightRecorder(flightRecorder)
    pipeline.components.setLimits({
      volume: this.#volume,
      recorder: this.#recorder,
      hold: (record) => pipeline.hold(record),
    })
  }

  #reportSoon(): void {
    this.#timer ??= setTimeout(() => this.report(), REPORT_MILLIS).unref()
  }

  /** Says what was left out since the last time. */
  report(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#volume !== undefined) reportLeftOut(this.#volume)
  }

  /** A span that failed brings out what was kept of its trace; with the trace's last span here the rest is forgotten. */
  spanEnded({ traceId, statusCode, parentSpanId, parentIsRemote }: RecordingSpan): void {
    const recorder = this.#recorder
    if (recorder === undefined) return
    if (statusCode === ERROR_STATUS) recorder.fail(traceId)
    if (parentSpanId === undefined || parentIsRemote) recorder.end(traceId)
  }

  /** Decides on nothing any more. */
  stop(): void {
    this.report()
    pipeline.components.setLimits(undefined)
  }
}
