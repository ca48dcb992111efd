import { createScope, type Scope } from '../otlp/index.ts'
import { plainText } from '../values/index.ts'
import { createGate, type Gate, type GateParts } from './component-gate.ts'
import { componentMatcher } from './component-pattern.ts'
import type { FlightRecorder } from './flight-recorder.ts'
import { ALL_COMPONENTS, LevelChanges, type ChangedBy, type LevelChange, type WantedChange } from './level-changes.ts'
import { OFF, SEVERITY } from './level.ts'
import type { VolumeLimits } from './volume-limits.ts'

/** One component's scope and level; all its loggers share it, so that a level changed at run time holds at once. */
export interface Component {
  readonly scope: Scope
  /** The least severity for which a record is made. */
  threshold: number
  /** Decides on the records that are made, where there is more to decide. */
  gate: Gate | undefined
}

/** The least severities that pass: by default, and for the components named. */
export interface LevelSettings {
  readonly threshold: number
  /** Names, or patterns with `*`; a name wins over patterns, of those the first that matches. */
  readonly components: Readonly<Record<string, number>>
  /** Where some are named, all other components are off, save ERROR and above. Patterns with `*`. */
  readonly modules?: readonly string[]
}

/** What decides on records beyond their level. */
export interface ComponentLimits {
  readonly volume: VolumeLimits | undefined
  readonly recorder: FlightRecorder | undefined
  readonly hold: GateParts['hold']
}

const NO_LIMITS: ComponentLimits = {
  volume: undefined,
  recorder: undefined,
  hold: () => ({ bytes: 0, write: () => {} }),
}

/** More components than these work too, but are made anew each time, and so keep the level they had then: names made from data must not fill the memory. */
const MAX_COMPONENTS = 10_000
const MAX_NAME_LENGTH = 1_024

/** All components that were asked for, and their levels. */
export class Components {
  readonly #known = new Map<string, Component>()
  #levels: LevelSettings = { threshold: 0, components: {} }
  #limits = NO_LIMITS
  readonly #changes = new LevelChanges()
  #captured = OFF

  get(anyName: string): Component {
    const name = plainText(anyName)
    let component = this.#known.get(name)
    if (component === undefined) {
      component = { scope: createScope(name), threshold: 0, gate: undefined }
      this.#decide(name, component)
      if (this.#known.size < MAX_COMPONENTS && name.length <= MAX_NAME_LENGTH) this.#known.set(name, component)
    }
    return component
  }

  /** Sets the levels of all components, those not asked for yet too; changes at run time end. */
  setLevels(levels: LevelSettings): void {
    this.#levels = levels
    this.#changes.clear()
    this.#decideAll()
  }

  get levels(): LevelSettings {
    return this.#levels
  }

  /** Lets records of this severity and above pass whatever the levels are, for tests that capture them; OFF for none. */
  capture(severity: number): void {
    this.#captured = severity
    this.#decideAll()
  }

  setLimits(limits: ComponentLimits | undefined): void {
    this.#limits = limits ?? NO_LIMITS
    this.#decideAll()
  }

  /**
   * Changes levels at run time.
   * @returns takes the change back; answers whether it was still in force
   */
  change(wanted: WantedChange): () => boolean {
    const ended = (by: ChangedBy): void => {
      this.#decideAll()
      wanted.ended(by)
    }
    const end = this.#changes.add({ ...wanted, ended })
    this.#decideAll()
    return () => {
      const had = end()
      this.#decideAll()
      return had
    }
  }

  #decideAll(): void {
    for (const [name, component] of this.#known) this.#decide(name, component)
  }

  #decide(name: string, component: Component): void {
    const { volume, hold } = this.#limits
    const level = this.levelOf(name)
    // What is off is off, also for the case of a failure.
    const recorder = level >= OFF ? undefined : this.#limits.recorder
    const narrowed = this.#narrowedFor(name)
    component.gate = createGate({ level, narrowed, volume: volume?.of(name), recorder, hold })
    component.threshold = Math.min(
      level,
      this.#captured,
      recorder?.settings.threshold ?? OFF,
      ...narrowed.map(({ threshold }) => threshold),
    )
  }

  /** The least severity of a component that the outputs get; what is captured, or kept for the case of a failure, does not count. */
  levelOf(name: string): number {
    const change = this.#changes.wholeFor(name)
    if (change === undefined) return Math.min(this.#ownLevelOf(name) ?? this.#commonLevelOf(name), OFF)
    return Math.min(change.component === ALL_COMPONENTS ? this.#commonLevelOf(name, change) : change.threshold, OFF)
  }

  /** What is changed for all components leaves those alone that are off. */
  #narrowedFor(name: string): readonly LevelChange[] {
    const narrowed = this.#changes.narrowedFor(name)
    return this.#isOn(name) ? narrowed : narrowed.filter(({ component }) => component !== ALL_COMPONENTS)
  }

  #ownLevelOf(name: string): number | undefined {
    const { components } = this.#levels
    if (Object.hasOwn(components, name)) return components[name]
    const meant = Object.keys(components).filter((key) => componentMatcher(key)(name))
    const key = meant.find((one) => !one.includes('*')) ?? meant[0]
    return key === undefined ? undefined : components[key]
  }

  #commonLevelOf(name: string, { threshold }: { readonly threshold: number } = this.#levels): number {
    return this.#isOn(name) ? threshold : Math.max(threshold, SEVERITY.ERROR)
  }

  #isOn(name: string): boolean {
    const { modules = [] } = this.#levels
    if (modules.length === 0 || this.#ownLevelOf(name) !== undefined) return true
    return modules.some((module) => componentMatcher(module)(name))
  }
}
