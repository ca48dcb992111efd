import type { InitOptions } from './options.ts'

/** Who said a setting. */
export type Origin = 'code' | 'environment' | 'file' | 'default'

/** One place where settings come from, in the shape of `init()`'s options; what is in it has been checked. */
export interface Layer {
  readonly origin: Origin
  readonly options: InitOptions
  /** What says the setting of a path such as `otlp.endpoint`: a variable, or a line of a file. */
  readonly from?: (path: string) => string | undefined
  /** How a message names the place of a path. */
  readonly place: (path: string) => string
  /** Whether a part of something that a lower layer turned off leaves it off: a variable for its compression does not send telemetry. */
  readonly weak?: boolean
  /** Paths whose values turned out to be of no use: they count as not said. */
  readonly refused: Set<string>
}

/** Hears which layer said what counts. */
export type Chosen = (path: string, layer: Layer, value: unknown) => void

interface Said {
  readonly layer: Layer
  readonly value: unknown
}

/** Puts layers together leaf by leaf; the earlier in the list wins. */
export function mergeLayers(layers: readonly Layer[], chosen: Chosen = () => {}): InitOptions {
  const said = layers.map((layer) => ({ layer, value: layer.options }))
  return mergeGroups('', said, chosen)
}

function mergeGroups(path: string, said: readonly Said[], chosen: Chosen): object {
  const merged = Object.create(null) as Record<string, unknown>
  for (const key of new Set(said.flatMap(({ value }) => Object.keys(value as object)))) {
    const below = path === '' ? key : `${path}.${key}`
    const own = said.flatMap(({ layer, value }) => {
      const member = Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined
      return member === undefined || layer.refused.has(below) ? [] : [{ layer, value: member }]
    })
    if (own.length > 0) merged[key] = mergeValues(below, switched(below, own), chosen)
  }
  return merged
}

function mergeValues(path: string, said: readonly Said[], chosen: Chosen): unknown {
  const [{ layer, value }] = said as readonly [Said]
  const groups = groupsOf(path, said)
  if (groups[0]?.value === value) return mergeGroups(path, groups, chosen)
  chosen(path, layer, value)
  return value
}

/** Where something is turned on and off by a boolean, or on by its parts: the parts when it is on (where one of them is `enabled`, `true` stands for that), `true` when it has none, or `false`. */
function switched(path: string, said: readonly Said[]): readonly Said[] {
  if (!said.some(isSwitch) || groupsOf(path, said).length === 0) return said
  const decides = said.find((one) => isSwitch(one) || (isGroup(path, one.value) && one.layer.weak !== true)) as Said
  const groups = groupsOf(path, said)
  if (decides.value === false || groups.length === 0) return [decides]
  const hasSwitch = groups.some(({ value }) => Object.hasOwn(value as object, 'enabled'))
  return said.flatMap((one) => {
    if (one === decides && one.value === true && hasSwitch) return [{ ...one, value: { enabled: true } }]
    return groups.includes(one) ? [one] : []
  })
}

function isSwitch({ value }: Said): boolean {
  return typeof value === 'boolean'
}

function groupsOf(path: string, said: readonly Said[]): readonly Said[] {
  return said.filter(({ value }) => isGroup(path, value))
}

/** Objects that are taken as a whole: those of others, the place of an id, and privacy rules, whose parts belong together. */
const WHOLE = /^(?:sampler|contextManager|websocket\.(?:sessionId|tenantId)|privacy\.(?:keys|personalData)\..*)$/

function isGroup(path: string, value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !WHOLE.test(path)
}
