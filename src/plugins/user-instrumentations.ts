import { logs, metrics, trace } from '@opentelemetry/api'
import { describeError } from '../values/index.ts'
import { hookImports } from './import-hook.ts'
import { missedModules, modulesOf, patchOnce, unknownModules } from './instrumented-modules.ts'
import { isMissing, loadInstrumentations, packageOf } from './load-instrumentations.ts'
import { isRedis, shareRedis, withoutArguments } from './redis-share.ts'
import type { OtelInstrumentation } from './sdk-shapes.ts'

/** Those that a clew before this one disabled: their settings still call them enabled. */
const stopped = new WeakSet<OtelInstrumentation>()

/** What became of one. */
interface State {
  readonly name: string
  /** Undefined when there is none: it was asked for by name. */
  readonly instrumentation: OtelInstrumentation | undefined
  active: boolean
  detail: string
}

/** What the instrumentations of one `init()` share. */
export interface InstrumentationParts {
  /** What a status says of one that clew makes superfluous; undefined for the others. */
  readonly covered: (name: string) => string | undefined
  /** Whether clew hears Redis clients itself, as far as they tell. */
  readonly hearsRedis: boolean
  /** The program's main file, from which packages are looked for. */
  readonly mainFile: string
  /** Hears of what one threw. */
  readonly failed: (name: string, error: unknown) => void
}

/** The user's instrumentations at work, for as long as clew runs. What one throws is told and goes no further. */
export class UserInstrumentations {
  readonly #states: State[] = []
  readonly #parts: InstrumentationParts
  readonly #names: readonly string[]

  /**
   * Those that tell what clew tells itself are disabled at once: most are at work from the moment they are made.
   * @param given themselves, or names, whose packages are loaded
   */
  constructor(given: readonly (string | OtelInstrumentation)[], parts: InstrumentationParts) {
    this.#parts = parts
    this.#names = given.filter((one) => typeof one === 'string')
    const all = new Set(given.flatMap((one) => (typeof one === 'string' ? this.#load(one) : [one])))
    const last = new Map([...all].map((one) => [one.instrumentationName, one]))
    for (const one of all) this.#add(one, last.get(one.instrumentationName) === one ? undefined : TWICE)
  }

  #load(name: string): OtelInstrumentation[] {
    const { covered, mainFile } = this.#parts
    const superfluous = covered(packageOf(name))
    if (superfluous !== undefined) {
      this.#states.push({ name: packageOf(name), instrumentation: undefined, active: false, detail: superfluous })
      return []
    }
    return loadInstrumentations(name, {
      mainFile,
      isCovered: (one) => covered(one) !== undefined,
      failed: (packageName, error) => this.#notLoaded(packageName, error),
    })
  }

  #notLoaded(name: string, error: unknown): void {
    const detail = isMissing(error) ? `not installed: npm install ${name}` : `failed: ${describeError(error)}`
    this.#states.push({ name, instrumentation: undefined, active: false, detail })
    this.#parts.failed(name, isMissing(error) ? new Error(detail) : error)
  }

  #add(instrumentation: OtelInstrumentation, superfluous: string | undefined): void {
    const name = instrumentation.instrumentationName
    const detail = this.#parts.covered(name) ?? superfluous
    const state = { name, instrumentation, active: detail === undefined, detail: detail ?? 'enabled' }
    this.#states.push(state)
    if (detail !== undefined) this.#guard(state, () => instrumentation.disable())
  }

  /** The API's providers have to be those that are meant. */
  enable(): void {
    for (const state of this.#states) {
      const { instrumentation } = state
      if (state.active && instrumentation !== undefined) this.#guard(state, () => this.#enable(instrumentation, state))
    }
    if (this.#names.length > 0) this.#hookImports()
  }

  #hookImports(): void {
    const modules = this.#active().flatMap(modulesOf)
    try {
      for (const module of modules) patchOnce(module)
      const hooked = modules.map(({ name }) => name)
      hookImports(this.#names, hooked, this.#parts.mainFile)
    } catch (error) {
      this.#parts.failed('the hook of imports', error)
    }
  }

  #enable(instrumentation: OtelInstrumentation, state: State): void {
    const ofRedis = isRedis(instrumentation)
    if (ofRedis && !this.#share(instrumentation, state)) return
    instrumentation.setTracerProvider(trace.getTracerProvider())
    instrumentation.setMeterProvider(metrics.getMeterProvider())
    instrumentation.setLoggerProvider?.(logs.getLoggerProvider())
    // One that is at work since it was made may not bear a second time.
    const isAtWork = instrumentation.getConfig().enabled === true && !stopped.has(instrumentation)
    if (!isAtWork || ofRedis) instrumentation.enable()
    stopped.delete(instrumentation)
  }

  /** @returns whether it is to be enabled */
  #share(instrumentation: OtelInstrumentation, state: State): boolean {
    const { hearsRedis } = this.#parts
    withoutArguments(instrumentation)
    const isShared = shareRedis(instrumentation, hearsRedis)
    if (!hearsRedis) return true
    state.active = isShared
    state.detail = isShared ? SHARED : NOT_SHARED
    return isShared
  }

  /** The last one first. They can be given to another `init()`. */
  disable(): void {
    for (const state of this.#states.toReversed()) {
      const { instrumentation, active } = state
      if (!active || instrumentation === undefined) continue
      state.active = false
      state.detail = 'disabled by shutdown()'
      this.#guard(state, () => instrumentation.disable())
      stopped.add(instrumentation)
    }
  }

  #active(): OtelInstrumentation[] {
    return this.#states.flatMap(({ active, instrumentation }) => (active && instrumentation ? [instrumentation] : []))
  }

  #guard(state: State, step: () => void): void {
    try {
      step()
    } catch (error) {
      state.active = false
      state.detail = `failed: ${describeError(error)}`
      this.#parts.failed(state.name, error)
    }
  }

  status(): { readonly name: string; readonly active: boolean; readonly detail: string }[] {
    return this.#states.map(({ name, instrumentation, active, detail }) => {
      const why = active && instrumentation !== undefined ? whyIdle(instrumentation) : undefined
      return { name, active: active && why === undefined, detail: why ?? detail }
    })
  }
}

/** Why an instrumentation that is enabled does nothing in this program; undefined when it does, or will. */
function whyIdle(instrumentation: OtelInstrumentation): string | undefined {
  const modules = modulesOf(instrumentation)
  const missed = missedModules(modules)
  if (missed.length > 0)
    return `too late for ${missed.join(', ')}, loaded before it or by an import that no hook hears: name it in CLEW_INSTRUMENTATIONS and start with node --import clew/register`
  const unknown = isRedis(instrumentation) ? [] : unknownModules(modules)
  return unknown.length > 0 ? `does not know the version that is loaded: ${unknown.join('; ')}; update it` : undefined
}

const TWICE = 'left out: a later one of the same name is given, which counts'
const SHARED = 'enabled for redis before 5.12 and ioredis before 5.11; newer ones clew hears itself'
const NOT_SHARED =
  'left out: of another make than is known, it would tell twice what clew tells of newer clients; to have this one instead: init({ redis: false })'
