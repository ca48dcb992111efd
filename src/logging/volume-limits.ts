import { componentMatcher } from './component-pattern.ts'
import { limitsOf, type Limit, type LimitReason, type VolumeCall, type VolumeRule } from './volume-rule.ts'

/** What was left out of one component since the last report. */
export interface LeftOut {
  /** Undefined for components beyond those that have books of their own. */
  readonly component: string | undefined
  readonly sampled: number
  readonly rateLimited: number
  readonly repeated: number
  /** Of those left out, now or before, so many came out after all, with their trace, which failed. */
  readonly broughtOut: number
  /** The text of the first of them. */
  readonly example: string
}

/** Components that have books of their own; what is beyond shares some. */
const MAX_COMPONENTS = 500
const MAX_EXAMPLE_LENGTH = 128

type Rule = VolumeRule & { readonly matches: (name: string) => boolean }

/** The rules of all components, and the books of what they left out. Their memory is bounded. */
export class VolumeLimits {
  readonly #rules: readonly Rule[]
  readonly #volumes = new Map<string, ComponentVolume>()
  /** By the numbers of the rules. */
  readonly #shared = new Map<string, ComponentVolume>()
  readonly #first: () => void

  /** @param first hears when, after a report, something is left out again */
  constructor(rules: readonly VolumeRule[], first: () => void) {
    this.#rules = rules.map((rule) => ({ ...rule, matches: componentMatcher(rule.component ?? '*') }))
    this.#first = first
  }

  /** The limits of a component; undefined when there are none for it. */
  of(component: string): ComponentVolume | undefined {
    const known = this.#volumes.get(component)
    if (known !== undefined) return known
    const rules = this.#rules.filter(({ matches }) => matches(component))
    if (rules.length === 0) return undefined
    if (this.#volumes.size >= MAX_COMPONENTS) return this.#sharedBy(rules)
    const volume = new ComponentVolume(component, rules, this.#first)
    this.#volumes.set(component, volume)
    return volume
  }

  #sharedBy(rules: readonly Rule[]): ComponentVolume {
    const key = rules.map((rule) => this.#rules.indexOf(rule)).join()
    const volume = this.#shared.get(key) ?? new ComponentVolume(undefined, rules, this.#first)
    this.#shared.set(key, volume)
    return volume
  }

  /** What was left out since the last report, by component. */
  report(): LeftOut[] {
    const all = [...this.#volumes.values(), ...this.#shared.values()]
    return all.map((volume) => volume.report()).filter((leftOut) => leftOut !== undefined)
  }
}

/** The limits of one component. */
export class ComponentVolume {
  readonly #component: string | undefined
  readonly #limits: readonly Limit[]
  readonly #first: () => void
  #counts: Record<LimitReason | 'broughtOut', number> | undefined
  #example = ''

  constructor(component: string | undefined, rules: readonly VolumeRule[], first: () => void) {
    this.#component = component
    this.#limits = rules.flatMap(limitsOf)
    this.#first = first
  }

  /** Whether the record passes; counts it when it does not. */
  admits(call: VolumeCall): boolean {
    for (const limit of this.#limits) {
      if (call.severityNumber >= limit.below || limit.admits(call)) continue
      this.#count(limit.reason, call.body)
      return false
    }
    return true
  }

  /** A record that was left out comes out after all. */
  broughtOut(): void {
    this.#count('broughtOut', '')
  }

  #count(what: LimitReason | 'broughtOut', body: unknown): void {
    if (this.#counts === undefined) {
      this.#counts = { sampled: 0, rateLimited: 0, repeated: 0, broughtOut: 0 }
      this.#example = ''
      this.#first()
    }
    if (this.#example === '') this.#example = exampleOf(body)
    this.#counts[what]++
  }

  report(): LeftOut | undefined {
    const counts = this.#counts
    this.#counts = undefined
    return counts === undefined ? undefined : { component: this.#component, ...counts, example: this.#example }
  }
}

function exampleOf(body: unknown): string {
  return typeof body === 'string' ? body.slice(0, MAX_EXAMPLE_LENGTH) : typeof body
}
