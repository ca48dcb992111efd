import { trace, type Context, type Span, type Tracer, type TracerProvider } from '@opentelemetry/api'
import { activeContext, isSuppressed } from '../../src/context/index.ts'
import { LazyHistogram, type BoundHistogram } from '../bound-histogram.ts'
import { ATTRIBUTES, METRICS } from './attributes.ts'
import { CallerStacks } from './caller-stacks.ts'
import { CommandShapes, type CommandShape } from './command-shape.ts'
import { RedisBatch, type BatchCommand } from './redis-batch.ts'
import { RedisOperation } from './redis-operation.ts'
import { COMPONENT } from './redis-record.ts'
import type { RedisSettings } from './redis-settings.ts'
import { RedisTargets, type RedisTarget } from './redis-target.ts'
import { isToldElsewhere } from './told-elsewhere.ts'

const BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** What all operations share, and how one begins. A failure of ours is none of the client's: then nothing is told. */
export class OperationRoad {
  readonly settings: RedisSettings
  readonly shapes: CommandShapes
  readonly targets = new RedisTargets()
  readonly durations = new LazyHistogram({
    scope: COMPONENT,
    name: METRICS.duration,
    description: 'Duration of database client operations.',
    boundaries: BOUNDARIES,
  })
  /** Errors that were told already: a connection that ends fails all of its commands with the same one. */
  readonly told = new WeakSet()
  readonly #stacks = new CallerStacks()
  readonly #series = new WeakMap<RedisTarget, Map<string, BoundHistogram>>()
  #provider: TracerProvider | undefined
  #tracer: Tracer | undefined

  constructor(settings: RedisSettings) {
    this.settings = settings
    this.shapes = new CommandShapes(settings.ignoreCommands, settings.streamContext)
  }

  /**
   * A command is called.
   * @param args with or without its name at the front, which `first` skips
   * @returns undefined when it is not to be told of
   */
  command(target: RedisTarget, given: unknown, args: readonly unknown[], first: number): RedisOperation | undefined {
    try {
      const shape = this.shapes.of(given)
      const context = activeContext()
      if (shape.isIgnored || isSuppressed(context)) return undefined
      return new RedisOperation(this, { target, shape, args, first, context, started: performance.now() })
    } catch {
      return undefined
    }
  }

  /** A transaction or pipeline is sent. */
  batch(target: RedisTarget, mode: 'MULTI' | 'PIPELINE', commands: readonly BatchCommand[]): RedisBatch | undefined {
    try {
      const context = activeContext()
      if (isSuppressed(context)) return undefined
      return new RedisBatch(this, { target, mode, commands, context, started: performance.now() })
    } catch {
      return undefined
    }
  }

  /** @returns undefined where a span is not wanted */
  span(name: string, options: Parameters<Tracer['startSpan']>[1], context: Context): Span | undefined {
    if (this.settings.requireParent && trace.getSpanContext(context) === undefined) return undefined
    if (isToldElsewhere(context)) return undefined
    const provider = currentProvider()
    if (this.#tracer === undefined || provider !== this.#provider) {
      this.#provider = provider
      this.#tracer = trace.getTracer(COMPONENT)
    }
    return this.#tracer.startSpan(name, options, context)
  }

  stack(now: number): object | undefined {
    return this.#stacks.take(now)
  }

  /** How long operations of one name took that went well. */
  duration(target: RedisTarget, name: string): BoundHistogram {
    let series = this.#series.get(target)
    if (series === undefined) this.#series.set(target, (series = new Map()))
    let duration = series.get(name)
    if (duration === undefined) {
      duration = this.durations.bind({ ...target.metricAttributes, [ATTRIBUTES.operation]: name })
      series.set(name, duration)
    }
    return duration
  }

  shape(given: unknown): CommandShape {
    return this.shapes.of(given)
  }

  /** Runs what is done at the end of an operation, once. */
  finish(step: () => void): void {
    try {
      step()
    } catch {
      // The client has its answer, and goes on.
    }
  }
}

/** Who makes tracers now: a tracer outlives a change of it. */
function currentProvider(): TracerProvider {
  const proxy = trace.getTracerProvider() as TracerProvider & { getDelegate?(): TracerProvider }
  return proxy.getDelegate?.() ?? proxy
}
