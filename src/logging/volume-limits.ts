import { componentMatcher } from './component-pattern.ts'
import { SEVERITY, type LevelName } from './level.ts'

/** How much of what some components say is kept. Several rules may be for one component: a record passes when all let it. */
export interface VolumeRule {
  /** A component, or a pattern with `*`. @default '*' */
  readonly component?: string
  /** Records of this level and above always pass; audit records do too. @default 'ERROR' */
  readonly below?: LevelName
  /** The share that passes, evenly spread, 0 to 1. */
  readonly sample?: number
  /** Most records a second; twice as many may come at once after a quiet time. */
  readonly perSecond?: number
  /** Whether `perSecond` counts each message of a component for itself (its text without numbers), or all together. @default 'message' */
  readonly per?: 'message' | 'component'
  /** The same text again within this time, in milliseconds, is left out. */
  readonly repeatMillis?: number
}

/** What was left out of one component since the last report. */
export interface LeftOut {
  readonly component: string
  readonly sampled: number
  readonly rateLimited: number
  readonly repeated: number
  /** The text of the first of them. */
  readonly example: string
}

/** What a rule looks at. */
export interface VolumeCall {
  readonly severityNumber: number
  readonly body: unknown
}

type Reason = 'sampled' | 'rateLimited' | 'repeated'

/** More texts than these share one count: texts made from data must not fill the memory. */
const MAX_TEXTS = 1_000
const MAX_TEXT_LENGTH = 128
const OTHERS = ''

/** The rules of all components, and the books of what they left out. */
export class VolumeLimits {
  readonly #rules: readonly (VolumeRule & { readonly matches: (name: string) => boolean })[]
  readonly #volumes = new Map<string, ComponentVolume>()
  readonly #first: () => void

  /** @param first hears when, after a report, something is left out again */
  constructor(rules: readonly VolumeRule[], first: () => void) {
    this.#rules = rules.map((rule) => ({ ...rule, matches: componentMatcher(rule.component ?? '*') }))
    this.#first = first
  }

  /** The limits of a component; undefined when there are none for it. */
  of(component: string): ComponentVolume | undefined {
    const rules = this.#rules.filter(({ matches }) => matches(component))
    if (rules.length === 0) return undefined
    const volume = this.#volumes.get(component) ?? new ComponentVolume(component, rules, this.#first)
    this.#volumes.set(component, volume)
    return volume
  }

  /** What was left out since the last report, by component. */
  report(): LeftOut[] {
    return [...this.#volumes.values()].map((volume) => volume.report()).filter((leftOut) => leftOut !== undefined)
  }
}

/** The limits of one component. */
export class ComponentVolume {
  readonly #component: string
  readonly #limits: readonly Limit[]
  readonly #first: () => void
  #counts: Record<Reason, number> | undefined
  #example = ''

  constructor(component: string, rules: readonly VolumeRule[], first: () => void) {
    this.#component = component
    this.#limits = rules.flatMap(limitsOf)
    this.#first = first
  }

  /** Whether the record passes; counts it when it does not. */
  admits(call: VolumeCall): boolean {
    for (const limit of this.#limits) {
      if (call.severityNumber >= limit.below || limit.admits(call)) continue
      this.#count(limit.reason, call)
      return false
    }
    return true
  }

  #count(reason: Reason, call: VolumeCall): void {
    if (this.#counts === undefined) {
      this.#counts = { sampled: 0, rateLimited: 0, repeated: 0 }
      this.#example = textOf(call.body)
      this.#first()
    }
    this.#counts[reason]++
  }

  report(): LeftOut | undefined {
    const counts = this.#counts
    this.#counts = undefined
    return counts === undefined ? undefined : { component: this.#component, ...counts, example: this.#example }
  }
}

interface Limit {
  readonly reason: Reason
  readonly below: number
  admits(call: VolumeCall): boolean
}

function limitsOf({ below = 'ERROR', sample, perSecond, per = 'message', repeatMillis }: VolumeRule): Limit[] {
  const limits: Limit[] = []
  const add = (reason: Reason, admits: (call: VolumeCall) => boolean): void =>
    void limits.push({ reason, below: SEVERITY[below], admits })
  if (repeatMillis !== undefined) add('repeated', withoutRepeats(repeatMillis))
  if (sample !== undefined) add('sampled', sampled(sample))
  if (perSecond !== undefined) add('rateLimited', per === 'component' ? rated(perSecond) : ratedByText(perSecond))
  return limits
}

function sampled(share: number): (call: VolumeCall) => boolean {
  let due = share === 0 ? 0 : 1 - share
  return () => {
    due += share
    if (due < 1) return false
    due -= 1
    return true
  }
}

/** A token bucket that holds two seconds' worth. */
function rated(perSecond: number): () => boolean {
  const most = Math.max(1, perSecond * 2)
  let tokens = most
  let filled = performance.now()
  return () => {
    const now = performance.now()
    tokens = Math.min(most, tokens + ((now - filled) * perSecond) / 1000)
    filled = now
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}

function ratedByText(perSecond: number): (call: VolumeCall) => boolean {
  const buckets = new Map<string, () => boolean>()
  return ({ body }) => {
    const text = textOf(body).replace(/\d+/g, '0')
    const key = buckets.size < MAX_TEXTS || buckets.has(text) ? text : OTHERS
    let bucket = buckets.get(key)
    if (bucket === undefined) buckets.set(key, (bucket = rated(perSecond)))
    return bucket()
  }
}

function withoutRepeats(millis: number): (call: VolumeCall) => boolean {
  const said = new Map<string, number>()
  return ({ body, severityNumber }) => {
    const text = `${severityNumber} ${textOf(body)}`
    const now = performance.now()
    const last = said.get(text)
    if (last !== undefined && now - last < millis) return false
    said.delete(text)
    if (said.size >= MAX_TEXTS) said.delete(said.keys().next().value as string)
    said.set(text, now)
    return true
  }
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body.slice(0, MAX_TEXT_LENGTH) : typeof body
}
