/** Milliseconds of an unsigned 64-bit count of nanoseconds given as two halves; exact. */
export function millisOf(low: number, high: number): number {
  return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000)
}

/** The nanoseconds past {@link millisOf}. */
export function nanosOf(low: number, high: number): number {
  return (high * 967_296 + low) % 1_000_000
}

/** Milliseconds of a decimal count of nanoseconds. */
export function millisOfDecimal(nanos: string): number {
  return nanos.length > 6 ? Number(nanos.slice(0, -6)) : 0
}

/** The nanoseconds past {@link millisOfDecimal}. */
export function nanosOfDecimal(nanos: string): number {
  return Number(nanos.slice(-6))
}
