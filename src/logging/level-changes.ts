import { canonicalKey, type Fields } from '../otlp/index.ts'
import { ownFields, plainText } from '../values/index.ts'
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

/** Who or what changes a level. */
export type LevelSource = 'call' | 'signal' | 'file'

/** Who or what a level was changed by; `room` is for the oldest of too many changes. */
export type ChangedBy = LevelSource | 'time' | 'room'

/** A change of level at run time, resolved. */
export interface LevelChange {
  readonly threshold: number
  readonly component: string
  /** Fields by their names on the wire, values as text, those that no record can have undefined; undefined for all records. */
  readonly where: Readonly<Record<string, string | undefined>> | undefined
}

/** A change as it is asked for. */
export interface WantedChange {
  readonly threshold: number
  readonly options: LevelChangeOptions
  readonly by: LevelSource
  /** Hears when it ends by itself. */
  readonly ended: (by: ChangedBy) => void
}

interface HeldChange extends LevelChange {
  /** The same for changes of one source, for the same component and fields. */
  readonly key: string
  readonly matches: (component: string) => boolean
  readonly ended: (by: ChangedBy) => void
  readonly isTimed: boolean
  timer?: NodeJS.Timeout
}

export const ALL_COMPONENTS = '*'
/** Each costs a little with each record that is below its level. */
const MAX_CHANGES = 1_000
const MAX_TEXT_LENGTH = 1_024
const MAX_TIMER_MILLIS = 2 ** 31 - 1

/** The changes of level that are in force, the newest last. */
export class LevelChanges {
  #changes: readonly HeldChange[] = []

  /**
   * Puts a change in force. An older one of the same source, for the same component and fields, goes with it; but one that stays is there again when one with a time is over.
   * @returns takes it back; answers whether it was still in force
   */
  add({ threshold, options, by, ended }: WantedChange): () => boolean {
    const { component = ALL_COMPONENTS, forMillis } = options
    const where = options.where === undefined ? undefined : textual(options.where)
    const change: HeldChange = {
      threshold,
      component,
      where,
      key: JSON.stringify([by, component, where && Object.entries(where)]),
      matches: componentMatcher(component),
      ended,
      isTimed: forMillis !== undefined,
    }
    for (const old of this.#changes) if (replaces(change, old)) this.#drop(old)
    this.#changes = [...this.#changes, change]
    if (forMillis !== undefined)
      change.timer = setTimeout(() => this.#endItself(change, 'time'), Math.min(forMillis, MAX_TIMER_MILLIS)).unref()
    const [oldest] = this.#changes
    if (this.#changes.length > MAX_CHANGES && oldest !== undefined) this.#endItself(oldest, 'room')
    return () => this.#drop(change)
  }

  #endItself(change: HeldChange, by: ChangedBy): void {
    this.#drop(change)
    change.ended(by)
  }

  #drop(change: HeldChange): boolean {
    clearTimeout(change.timer)
    const had = this.#changes.includes(change)
    this.#changes = this.#changes.filter((held) => held !== change)
    return had
  }

  /** The newest change for all records of a component; undefined when there is none. */
  wholeFor(component: string): LevelChange | undefined {
    return this.#changes.findLast(({ where, matches }) => where === undefined && matches(component))
  }

  /** The changes for some records of a component. */
  narrowedFor(component: string): readonly LevelChange[] {
    return this.#changes.filter(({ where, matches }) => where !== undefined && matches(component))
  }

  /** Ends all of them. */
  clear(): void {
    for (const { timer } of this.#changes) clearTimeout(timer)
    this.#changes = []
  }
}

/** A record may carry the same id as text or as a number. */
function textual(where: Fields): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(ownFields(where)).map(([key, value]) => [canonicalKey(key), textOf(value)]))
}

function textOf(value: unknown): string | undefined {
  const isPlain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
  const text = isPlain ? plainText(value) : ''
  return isPlain && text.length <= MAX_TEXT_LENGTH ? text : undefined
}

function replaces(change: HeldChange, old: HeldChange): boolean {
  return change.key === old.key && (!change.isTimed || old.isTimed)
}
