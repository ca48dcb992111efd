const WHOLE = new Intl.NumberFormat('en')

/** `1,204`. */
export function countText(count: number): string {
  return WHOLE.format(count)
}

/** `1 record`, `1,204 records`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** `987`, `12.3k`, `4.1M`: for where there is little room. */
export function shortCount(count: number): string {
  if (count < 10_000) return countText(count)
  if (count < 999_500) return `${(count / 1_000).toFixed(count < 100_000 ? 1 : 0)}k`
  return `${(count / 1_000_000).toFixed(count < 100_000_000 ? 1 : 0)}M`
}

/** `640 characters`, `10.0 MB`. */
export function sizeText(characters: number): string {
  if (characters < 10_000) return `${countText(characters)} characters`
  if (characters < 1_000_000) return `${Math.round(characters / 1_000)} kB`
  return `${(characters / 1_000_000).toFixed(1)} MB`
}
