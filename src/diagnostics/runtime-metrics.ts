import type { MetricData } from '@opentelemetry/sdk-metrics'
import type { EventLoopUtilization, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { MetricDataFactory, type Distribution, type MetricPoint } from './metric-data.ts'

const NANOS_PER_SECOND = 1e9
/** How exactly the event loop's delay is measured. */
const RESOLUTION_MILLIS = 10
/** In seconds, as the convention asks for. */
const GC_BOUNDS = [0.01, 0.1, 1, 10]

type GcEntry = { readonly duration: number; readonly detail?: { readonly kind?: number } }

/**
 * How the Node process fares: processor, memory, event loop, garbage collection, in the conventions' metrics, without the metrics SDK.
 * Watching takes a timer of Node's own every 10 ms and a call after each garbage collection.
 * @see https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/
 * @see https://opentelemetry.io/docs/specs/semconv/runtime/v8js-metrics/
 * @see https://opentelemetry.io/docs/specs/semconv/system/process-metrics/
 */
export class RuntimeMetrics {
  readonly #make = new MetricDataFactory()
  readonly #hooks = process.getBuiltinModule('node:perf_hooks')
  readonly #v8 = process.getBuiltinModule('node:v8')
  readonly #delay: ReturnType<typeof monitorEventLoopDelay>
  readonly #collections = new Map<string, Distribution>()
  readonly #observer: PerformanceObserver
  #loop: EventLoopUtilization

  constructor() {
    const { performance, PerformanceObserver } = this.#hooks
    this.#loop = performance.eventLoopUtilization()
    this.#delay = this.#hooks.monitorEventLoopDelay({ resolution: RESOLUTION_MILLIS })
    this.#delay.enable()
    this.#observer = new PerformanceObserver((list) => this.#heardOf(list.getEntries()))
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  /** How things are now; the event loop's delays since the last time. */
  collect(): MetricData[] {
    // What V8 has told since the last tick.
    this.#heardOf(this.#observer.takeRecords())
    return [...this.#process(), ...this.#eventLoop(), ...this.#memory()]
  }

  stop(): void {
    this.#delay.disable()
    this.#observer.disconnect()
  }

  #process(): MetricData[] {
    const { user, system } = process.cpuUsage()
    return [
      this.#make.sum({ name: 'process.cpu.time', unit: 's' }, true, [
        [user / 1e6, { 'cpu.mode': 'user' }],
        [system / 1e6, { 'cpu.mode': 'system' }],
      ]),
      this.#make.sum({ name: 'process.memory.usage', unit: 'By' }, false, [[process.memoryUsage.rss(), {}]]),
      this.#make.gauge({ name: 'process.uptime', unit: 's' }, [[process.uptime(), {}]]),
    ]
  }

  #eventLoop(): MetricData[] {
    const { performance } = this.#hooks
    const delay = this.#delay
    const seconds = (nanos: number): number => nanos / NANOS_PER_SECOND
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, this.#loop)
    this.#loop = now
    const delays: Record<string, number> = {
      min: delay.min,
      max: delay.max,
      mean: delay.mean,
      stddev: delay.stddev,
      p50: delay.percentile(50),
      p90: delay.percentile(90),
      p99: delay.percentile(99),
    }
    const hasDelays = delay.count > 0
    const state = 'nodejs.eventloop.state'
    const metrics = [
      this.#make.sum({ name: 'nodejs.eventloop.time', unit: 's' }, true, [
        [now.active / 1e3, { [state]: 'active' }],
        [now.idle / 1e3, { [state]: 'idle' }],
      ]),
      this.#make.gauge({ name: 'nodejs.eventloop.utilization', unit: '1' }, [[utilization, {}]]),
      ...Object.entries(hasDelays ? delays : {}).map(([name, nanos]) =>
        this.#make.gauge({ name: `nodejs.eventloop.delay.${name}`, unit: 's' }, [[seconds(nanos), {}]]),
      ),
    ]
    delay.reset()
    return metrics
  }

  #memory(): MetricData[] {
    const spaces = this.#v8.getHeapSpaceStatistics()
    const bySpace = (size: (space: (typeof spaces)[number]) => number): MetricPoint[] =>
      spaces.map((space) => [size(space), { 'v8js.heap.space.name': space.space_name }])
    const collections = [...this.#collections].map(([type, value]) => [value, { 'v8js.gc.type': type }] as const)
    return [
      this.#make.sum({ name: 'v8js.memory.heap.limit', unit: 'By' }, false, [
        [this.#v8.getHeapStatistics().heap_size_limit, {}],
      ]),
      this.#make.sum({ name: 'v8js.memory.heap.used', unit: 'By' }, false, bySpace((space) => space.space_used_size)), // prettier-ignore
      this.#make.sum({ name: 'v8js.memory.heap.space.size', unit: 'By' }, false, bySpace((space) => space.space_size)), // prettier-ignore
      ...(collections.length > 0 ? [this.#make.histogram({ name: 'v8js.gc.duration', unit: 's' }, collections)] : []),
    ]
  }

  #heardOf(entries: readonly unknown[]): void {
    for (const { duration, detail } of entries as readonly GcEntry[]) {
      const type = this.#typeOf(detail?.kind)
      this.#collections.set(type, added(this.#collections.get(type), duration / 1e3))
    }
  }

  #typeOf(kind: number | undefined): string {
    const { constants } = this.#hooks
    if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) return 'major'
    if (kind === constants.NODE_PERFORMANCE_GC_INCREMENTAL) return 'incremental'
    return kind === constants.NODE_PERFORMANCE_GC_WEAKCB ? 'weakcb' : 'minor'
  }
}

const NONE: Distribution = { bounds: GC_BOUNDS, counts: GC_BOUNDS.concat(0).map(() => 0), count: 0, sum: 0, min: Infinity, max: 0 } // prettier-ignore

function added(before: Distribution = NONE, seconds: number): Distribution {
  const bucket = GC_BOUNDS.filter((bound) => seconds > bound).length
  return {
    bounds: before.bounds,
    counts: before.counts.map((count, index) => (index === bucket ? count + 1 : count)),
    count: before.count + 1,
    sum: before.sum + seconds,
    min: Math.min(before.min, seconds),
    max: Math.max(before.max, seconds),
  }
}
