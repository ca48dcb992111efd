/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2
}

/** The value below which such a share of all lies. The values must be sorted. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return at(sorted, Math.min(sorted.length - 1, Math.floor(sorted.length * share)))
}

/** `median (least–most)`. */
export function spread(values: readonly number[], digits = 0): string {
  return `${rounded(median(values), digits)} (${rounded(Math.min(...values), digits)}–${rounded(Math.max(...values), digits)})`
}

/** With separators, and so many decimals. */
export function rounded(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN
}

/** How much values that come at equal steps rise from one to the next, by least squares. */
export function slope(values: readonly number[]): number {
  const center = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const above = values.reduce((sum, value, at) => sum + (at - center) * (value - mean), 0)
  const below = values.reduce((sum, _, at) => sum + (at - center) ** 2, 0)
  return below === 0 ? 0 : above / below
}
