/** `840 µs`, `12.5 ms`, `3.21 s`, `4 m 05 s`: three digits that matter. */
export function durationText(millis: number | null | undefined): string {
  if (millis === null || millis === undefined || !Number.isFinite(millis)) return ''
  const size = Math.abs(millis)
  if (size === 0) return '0 ms'
  if (size < 1) return `${digits(millis * 1_000)} µs`
  if (size < 1_000) return `${digits(millis)} ms`
  if (size < 60_000) return `${digits(millis / 1_000)} s`
  const seconds = Math.round(millis / 1_000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} m ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`
}

function digits(value: number): string {
  const size = Math.abs(value)
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
