/** So much of a text is looked at: as much as a record holds of it. */
const MAX_LENGTH = 32_768
const PRIME = 0x01000193
const OTHER_PRIME = 0x85ebca6b
const NUMBER = 0x100000
/** Nobody outside can make texts that are taken for each other. */
const SEED = Math.floor(Math.random() * 2 ** 32)

/**
 * A number of 53 bits that stands for a text, without keeping the text, which may be a slice of a far larger one.
 * @param withNumbers false when texts that differ only in their numbers are the same
 */
export function textKey(text: string, withNumbers: boolean): number {
  const length = Math.min(text.length, MAX_LENGTH)
  let one = SEED
  let other = SEED ^ OTHER_PRIME
  let inNumber = false
  for (let i = 0; i < length; i++) {
    let code = text.charCodeAt(i)
    if (!withNumbers) {
      const isDigit = code >= 48 && code <= 57
      if (isDigit && inNumber) continue
      inNumber = isDigit
      if (isDigit) code = NUMBER
    }
    one = Math.imul(one ^ code, PRIME)
    other = Math.imul(other ^ code, OTHER_PRIME)
    other ^= other >>> 15
  }
  return (one >>> 0) * 2 ** 21 + (other >>> 11)
}
