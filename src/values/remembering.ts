import type { Redactor } from '../privacy/index.ts'

const SLOTS = 1_024
const MAX_LENGTH = 160
/** One of so many texts that are not known is taken up: what comes again and again soon is, and what never does costs little. A prime, so that it falls on each of a span's texts. */
const UNKNOWN_PER_ENTRY = 251

/**
 * The same redactor, with a memory for texts in which it found nothing: to know one again takes less time than to look through it. For texts of which most come again and again (methods, routes, hosts);
 * beside those that never do it costs more than it saves. Bounded: each text has one place, and the next that belongs there takes it.
 */
export function remembering(redactor: Redactor): Redactor {
  const texts = Array.from({ length: SLOTS }, () => '')
  let toSkip = 0
  const look = (text: string, slot: number): string => {
    const safe = redactor.text(text)
    if (safe === text && --toSkip <= 0) {
      toSkip = UNKNOWN_PER_ENTRY
      // A copy: a part of a longer text would keep all of that in memory.
      texts[slot] = Buffer.from(text, 'utf16le').toString('utf16le')
    }
    return safe
  }
  return {
    keyRule: (key) => redactor.keyRule(key),
    text: (text, cut = false) => {
      if (cut || text.length > MAX_LENGTH) return redactor.text(text, cut)
      const slot = slotOf(text)
      return texts[slot] === text ? text : look(text, slot)
    },
  }
}

/** From the length and some of the characters; where there is none it is NaN, which makes this 0. */
function slotOf(text: string): number {
  const { length } = text
  const middle = text.charCodeAt(length >> 1)
  return (length * 31 + text.charCodeAt(0) * 7 + middle * 523 + text.charCodeAt(length - 1) * 131) & (SLOTS - 1)
}
