import { createScope, type Scope } from '../otlp/index.ts'
import { plainText } from '../values/index.ts'
import { createGate, type Gate, type GateParts } from './component-gate.ts'
import { componentMatcher } from './component-pattern.ts'
import type { FlightRecorder } from './flight-recorder.ts'
import { LevelChanges, type LevelChange, type LevelChangeOptions } from './level-changes.ts'
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
export interface RecordLimits {
  readonly volume: VolumeLimits | undefined
  readonly recorder: FlightRecorder | undefined
  readonly hold: GateParts['hold']
}

const NO_LIMITS: RecordLimits = {
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

  setLimits(limits: RecordLimits | undefined): void {
    this.#limits = limits ?? NO_LIMITS
    this.#decideAll()
  }

  /**
   * Changes levels at run time.
   * @param ended hears when the change's time is over
   */
  change(threshold: number, options: LevelChangeOptions, ended: () => void): LevelChange {
    const change = this.#changes.add(threshold, options, () => {
      this.#decideAll()
      ended()
    })
    this.#decideAll()
    return change
  }

  #decideAll(): void {
    for (const [name, component] of this.#known) this.#decide(name, component)
  }

  #decide(name: string, component: Component): void {
    const { volume, recorder, hold } = this.#limits
    const level = this.levelOf(name)
    const narrowed = this.#changes.narrowedFor(name)
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
    return Math.min(this.#changes.thresholdOf(name) ?? this.#settledLevelOf(name), OFF)
  }

  #settledLevelOf(name: string): number {
    const { components, threshold, modules = [] } = this.#levels
    if (Object.hasOwn(components, name)) return components[name] as number
    const pattern = Object.keys(components).find((key) => key.includes('*') && componentMatcher(key)(name))
    if (pattern !== undefined) return components[pattern] as number
    const isOn = modules.length === 0 || modules.some((module) => componentMatcher(module)(name))
    return isOn ? threshold : Math.max(threshold, SEVERITY.ERROR)
  }
}
