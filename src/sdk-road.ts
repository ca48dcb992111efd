import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { Deadline } from './deadline.ts'
import type { Notes } from './diagnostics/index.ts'
import type { LogOutput } from './logging/index.ts'
import { createEncoding, encodeResource } from './otlp/index.ts'
import { createMetricOutput, createOtlpOutput, createSpanOutput, type ScopedSpan } from './outputs/index.ts'
import type { Resource } from './plugins/index.ts'
import { createRedactor } from './privacy/index.ts'
import { watchProcessEnd } from './process-end.ts'
import type { OtlpSettings, Settings } from './settings/index.ts'
import { TelemetryRoad } from './telemetry-road.ts'
import { describeError } from './values/index.ts'

const EXIT_TIMEOUT_MILLIS = 2_000
/** For the goodbye of delivery after it could not deliver: long enough to write its books. */
const GOODBYE_MILLIS = 100
/** So long an SDK's resource may take to be found out. */
const RESOURCE_TIMEOUT_MILLIS = 1_000
const MAX_WAITING = 10_000

/** The outputs of an open road. */
export interface SdkOutputs {
  readonly logs: LogOutput['emit']
  readonly spans: (span: ScopedSpan) => void
  readonly metrics: (collected: ResourceMetrics) => void
}

/** The part of an SDK's resource that is read. */
export type SdkResource = Pick<Resource, 'attributes' | 'asyncAttributesPending' | 'waitForAsyncAttributes'>

/**
 * The road for the telemetry of another SDK. It opens at the first entry, with that SDK's resource; entries said before the resource is known wait for it, in memory, for a second at most.
 */
export class SdkRoad {
  readonly #otlp: OtlpSettings
  readonly #settings: Pick<Settings, 'privacy' | 'spool'>
  readonly #notes: Notes
  readonly #unwatch: () => void
  #resource: SdkResource | undefined
  #waiting: ((outputs: SdkOutputs) => void)[] = []
  #road: TelemetryRoad | undefined
  #outputs: SdkOutputs | undefined
  #exited = false

  constructor(otlp: OtlpSettings, settings: Pick<Settings, 'privacy' | 'spool'>, notes: Notes) {
    this.#otlp = otlp
    this.#settings = settings
    this.#notes = notes
    this.#unwatch = watchProcessEnd({
      uncaught: () => {},
      interrupted: () => this.#guard(() => this.#open()?.spool.seal()),
      idle: () => this.#guard(() => void this.#open()?.idle(EXIT_TIMEOUT_MILLIS).catch(this.#failed)),
      exit: () => this.#guard(() => this.#exit(EXIT_TIMEOUT_MILLIS)),
    })
  }

  /** Sends an entry of an SDK that has this resource. Never throws. */
  send(resource: SdkResource, entry: (outputs: SdkOutputs) => void): void {
    if (this.#outputs !== undefined) return this.#write(entry, this.#outputs)
    if (this.#exited) return
    this.#waiting.push(entry)
    if (this.#resource === undefined) this.#settle(resource)
    else if (this.#waiting.length >= MAX_WAITING) this.#guard(() => this.#open())
  }

  #settle(resource: SdkResource): void {
    this.#resource = resource
    const open = (): void => this.#guard(() => this.#open())
    if (resource.asyncAttributesPending !== true || resource.waitForAsyncAttributes === undefined) return open()
    setTimeout(open, RESOURCE_TIMEOUT_MILLIS).unref()
    resource.waitForAsyncAttributes().then(open, open)
  }

  /** Opens the road where it is not open yet. @returns undefined when nothing was said */
  #open(): TelemetryRoad | undefined {
    if (this.#road !== undefined || this.#resource === undefined) return this.#road
    const { endpoints } = this.#otlp
    const { privacy, spool } = this.#settings
    const encoding = createEncoding(createRedactor(privacy))
    const resource = encodeResource(this.#resource.attributes, encoding)
    const road = new TelemetryRoad(this.#otlp, resource, this.#notes, { spool })
    const logs = createOtlpOutput(road.spool, encoding)
    const outputs: SdkOutputs = {
      logs: endpoints.logs === undefined ? () => {} : (record) => logs.emit(record),
      spans: endpoints.traces === undefined ? () => {} : createSpanOutput(road.spool, encoding),
      metrics: endpoints.metrics === undefined ? () => {} : createMetricOutput(road.spool, encoding, this.#failed),
    }
    this.#road = road
    this.#outputs = outputs
    for (const entry of this.#waiting.splice(0)) this.#write(entry, outputs)
    return road
  }

  #write(entry: (outputs: SdkOutputs) => void, outputs: SdkOutputs): void {
    try {
      entry(outputs)
    } catch (error) {
      this.#failed(error)
    }
  }

  readonly #failed = (error: unknown): void => {
    this.#notes.note('output.otlp', `an entry of another SDK could not be written to otlp: ${describeError(error)}`)
  }

  /** Sends all that was said. @returns whether it arrived; otherwise it waits in the spool */
  async flush(giveUp: boolean, timeoutMillis: number): Promise<boolean> {
    const deadline = new Deadline(timeoutMillis)
    if (this.#road === undefined) await deadline.wait(this.#resource?.waitForAsyncAttributes?.())
    return (await this.#open()?.flush(giveUp, deadline.left)) ?? true
  }

  /** Sends what it can and ends. */
  async shutdown(timeoutMillis: number): Promise<void> {
    const deadline = new Deadline(timeoutMillis)
    const arrived = await this.flush(true, timeoutMillis)
    this.#unwatch()
    this.#exit(Math.min(deadline.left, arrived ? EXIT_TIMEOUT_MILLIS : GOODBYE_MILLIS))
    this.#road?.stop()
  }

  #exit(timeoutMillis: number): void {
    if (this.#exited) return
    this.#exited = true
    this.#open()?.exit(timeoutMillis)
  }

  #guard(step: () => unknown): void {
    try {
      step()
    } catch (error) {
      this.#failed(error)
    }
  }
}
