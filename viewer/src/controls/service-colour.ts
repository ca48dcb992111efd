const COLOURS = 8
const taken = new Map<string, number>()

/** The same colour for the same service as long as the page lives; two services share one only when all are taken. */
export function serviceColour(service: string | null): number {
  const name = service ?? ''
  const known = taken.get(name)
  if (known !== undefined) return known
  const used = new Set(taken.values())
  const wished = hash(name) % COLOURS
  const free = Array.from({ length: COLOURS }, (_, step) => (wished + step) % COLOURS).find(
    (colour) => !used.has(colour),
  )
  const colour = free ?? wished
  taken.set(name, colour)
  return colour
}

function hash(text: string): number {
  let value = 7
  for (const character of text.slice(0, 200)) value = (Math.imul(value, 31) + (character.codePointAt(0) ?? 0)) >>> 0
  // Unsigned: a negative number would be no colour at all.
  return (value ^ (value >>> 7)) >>> 0
}
