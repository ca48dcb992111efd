import type { Fields } from '../otlp/index.ts'
import { DEFAULT_SAFETY } from '../values/index.ts'
import { componentMatcher } from './component-pattern.ts'

/** What a change of level is for. */
export interface LevelChangeOptions {
  /** A component, or a pattern with `*`. @default all */
  readonly component?: string
  /** The change ends by itself after so many milliseconds. @default it stays */
  readonly forMillis?: number
  /** Only records that carry all of these fields (of a user, of a session) are meant: for them, more is kept. */
  readonly where?: Fields
}

/** A change of level at run time, resolved. */
export interface LevelChange {
  readonly threshold: number
  readonly component: string
  readonly where: Fields | undefined
}

interface HeldChange extends LevelChange {
  readonly matches: (component: string) => boolean
}

const MAX_TIMER_MILLIS = 2 ** 31 - 1

/** The changes of level that are in force, the newest last. */
export class LevelChanges {
  #changes: readonly HeldChange[] = []
  readonly #timers = new Set<NodeJS.Timeout>()

  /**
   * Puts a change in force. An older one for the same component and fields ends with it.
   * @param ended hears when its time is over
   */
  add(threshold: number, { component = '*', forMillis, where }: LevelChangeOptions, ended: () => void): LevelChange {
    const change = { threshold, component, where, matches: componentMatcher(component) }
    this.#changes = [...this.#changes.filter((old) => !isSame(old, change)), change]
    if (forMillis !== undefined) this.#endAfter(Math.min(forMillis, MAX_TIMER_MILLIS), change, ended)
    return change
  }

  #endAfter(millis: number, change: HeldChange, ended: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.#changes.includes(change)) return
      this.#changes = this.#changes.filter((held) => held !== change)
      ended()
    }, millis).unref()
    this.#timers.add(timer)
  }

  /** The threshold that the newest change for all records of a component sets; undefined when there is none. */
  thresholdOf(component: string): number | undefined {
    return this.#changes.findLast(({ where, matches }) => where === undefined && matches(component))?.threshold
  }

  /** The changes for some records of a component. */
  narrowedFor(component: string): readonly LevelChange[] {
    return this.#changes.filter(({ where, matches }) => where !== undefined && matches(component))
  }

  /** Ends all of them. */
  clear(): void {
    this.#changes = []
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}

function isSame(one: LevelChange, other: LevelChange): boolean {
  return one.component === other.component && DEFAULT_SAFETY.json(one.where) === DEFAULT_SAFETY.json(other.where)
}
