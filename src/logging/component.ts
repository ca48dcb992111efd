import { createScope, type Scope } from '../otlp/index.ts'
import { plainText } from '../values/index.ts'
import { OFF } from './level.ts'

/** One component's scope and level; all its loggers share it, so that a level changed at run time holds at once. */
export interface Component {
  readonly scope: Scope
  /** The least severity that passes. */
  threshold: number
}

/** The least severities that pass: by default, and for the components named. */
export interface LevelSettings {
  readonly threshold: number
  readonly components: Readonly<Record<string, number>>
}

/** More components than these work too, but are made anew each time, and so keep the level they had then: names made from data must not fill the memory. */
const MAX_COMPONENTS = 10_000
const MAX_NAME_LENGTH = 1_024

/** All components that were asked for, and their levels. */
export class Components {
  readonly #known = new Map<string, Component>()
  #levels: LevelSettings = { threshold: 0, components: {} }
  #captured = OFF

  get(anyName: string): Component {
    const name = plainText(anyName)
    let component = this.#known.get(name)
    if (component === undefined) {
      component = { scope: createScope(name), threshold: this.#thresholdOf(name) }
      if (this.#known.size < MAX_COMPONENTS && name.length <= MAX_NAME_LENGTH) this.#known.set(name, component)
    }
    return component
  }

  /** Sets the levels of all components, those not asked for yet too. */
  setLevels(levels: LevelSettings): void {
    this.#levels = levels
    this.#apply()
  }

  /** Lets records of this severity and above pass whatever the levels are, for tests that capture them; OFF for none. */
  capture(severity: number): void {
    this.#captured = severity
    this.#apply()
  }

  #apply(): void {
    for (const [name, component] of this.#known) component.threshold = this.#thresholdOf(name)
  }

  get levels(): LevelSettings {
    return this.#levels
  }

  #thresholdOf(name: string): number {
    return Math.min(this.levelOf(name), this.#captured)
  }

  /** The least severity of a component that the outputs get; what is captured besides does not count. */
  levelOf(name: string): number {
    const { components, threshold } = this.#levels
    return Math.min(Object.hasOwn(components, name) ? (components[name] as number) : threshold, OFF)
  }
}
