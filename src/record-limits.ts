import {
  componentCounts,
  FlightRecorder,
  missingRecord,
  pipeline,
  reportLeftOut,
  VolumeLimits,
} from './logging/index.ts'
import type { Settings } from './settings/index.ts'
import type { TracerParts } from './tracing/index.ts'

const REPORT_MILLIS = 10_000
const COUNTS_MILLIS = 60_000
const ERROR_STATUS = 2

/** The limits of volume, the flight recorder and the counters at work: what decides on records beyond their level, and what stands for many of them. */
export class RecordLimits {
  readonly #volume: VolumeLimits | undefined
  readonly #recorder: FlightRecorder | undefined
  #volumeTimer: NodeJS.Timeout | undefined
  #countsTimer: NodeJS.Timeout | undefined

  constructor({ volume, flightRecorder, logSampling }: Pick<Settings, 'volume' | 'flightRecorder' | 'logSampling'>) {
    this.#volume = volume.length === 0 ? undefined : new VolumeLimits(volume, () => this.#reportVolumeSoon())
    if (flightRecorder !== undefined) {
      const parts = { sampledOnly: logSampling === 'trace', missing: missingRecord }
      this.#recorder = new FlightRecorder(flightRecorder, parts)
    }
    componentCounts.onFirst = () => this.#reportCountsSoon()
    pipeline.components.setLimits({
      volume: this.#volume,
      recorder: this.#recorder,
      hold: (record) => pipeline.hold(record),
    })
  }

  #reportVolumeSoon(): void {
    this.#volumeTimer ??= setTimeout(() => this.#reportVolume(), REPORT_MILLIS).unref()
  }

  #reportVolume(): void {
    clearTimeout(this.#volumeTimer)
    this.#volumeTimer = undefined
    if (this.#volume !== undefined) reportLeftOut(this.#volume)
  }

  #reportCountsSoon(): void {
    this.#countsTimer ??= setTimeout(() => this.#reportCounts(), COUNTS_MILLIS).unref()
  }

  #reportCounts(): void {
    clearTimeout(this.#countsTimer)
    this.#countsTimer = undefined
    componentCounts.report()
  }

  /** Says what was left out, and what was counted, since the last time. */
  report(): void {
    this.#reportVolume()
    this.#reportCounts()
  }

  /** The spans' way, past the flight recorder where there is one. */
  watch<S extends Pick<TracerParts, 'started' | 'ended'>>(spans: S): S {
    const recorder = this.#recorder
    if (recorder === undefined) return spans
    return {
      ...spans,
      started(span, context) {
        if (isRoot(span)) recorder.rootStarted(span.traceId)
        spans.started?.(span, context)
      },
      ended(span) {
        // A span that failed brings out what was kept of its trace; with the trace's last span here the rest is forgotten.
        if (span.statusCode === ERROR_STATUS) recorder.fail(span.traceId)
        if (isRoot(span)) recorder.rootEnded(span.traceId)
        spans.ended(span)
      },
    }
  }

  /** Decides on nothing any more. */
  stop(): void {
    this.report()
    componentCounts.onFirst = () => {}
    pipeline.components.setLimits(undefined)
    this.#recorder?.clear()
  }
}

function isRoot({
  parentSpanId,
  parentIsRemote,
}: {
  readonly parentSpanId: string | undefined
  readonly parentIsRemote: boolean
}): boolean {
  return parentSpanId === undefined || parentIsRemote
}
