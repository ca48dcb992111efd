/** A time range in milliseconds since 1970; `null` is open. */
export interface TimeRange {
  readonly from: number | null
  readonly to: number | null
}

const MINUTE = 60_000

/** The ranges offered, the one used when the address names none, and how they are called. */
export const PRESETS = {
  '15m': { label: '15m', name: 'Last 15 minutes', millis: 15 * MINUTE },
  '1h': { label: '1h', name: 'Last hour', millis: 60 * MINUTE },
  '24h': { label: '24h', name: 'Last 24 hours', millis: 24 * 60 * MINUTE },
  '7d': { label: '7d', name: 'Last 7 days', millis: 7 * 24 * 60 * MINUTE },
  all: { label: 'All', name: 'All time', millis: null },
} as const

export type PresetName = keyof typeof PRESETS
export const DEFAULT_PRESET: PresetName = '1h'

/** The preset in use, or `null` when the address holds a fixed range. */
export function presetOf(params: URLSearchParams): PresetName | null {
  if (params.has('from') || params.has('to')) return null
  const name = params.get('range') ?? ''
  return name in PRESETS ? (name as PresetName) : DEFAULT_PRESET
}

/** The range in use, a preset counted back from now. */
export function rangeOf(params: URLSearchParams, now = Date.now()): TimeRange {
  const preset = presetOf(params)
  if (preset === null) return { from: numberOf(params.get('from')), to: numberOf(params.get('to')) }
  const { millis } = PRESETS[preset]
  return { from: millis === null ? null : now - millis, to: null }
}

/** The changes to the address that make a fixed range of two times. */
export function fixedRange(from: number, to: number): Record<string, string> {
  const [first, last] = from <= to ? [from, to] : [to, from]
  return { from: String(Math.floor(first)), to: String(Math.ceil(Math.max(last, first + 1))) }
}

function numberOf(text: string | null): number | null {
  const value = text === null || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}
