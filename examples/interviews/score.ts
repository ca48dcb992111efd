/** How good an answer is, from 0 to 10: here, how many different words it has. */
export function scoreOf(text: string): number {
  return Math.min(10, new Set(text.toLowerCase().match(/\p{L}+/gu)).size)
}
