import type { FieldKind } from '../fields/index.ts'

const QUOTE = 0x22
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const BRACKET = 0x5b

/** Whether a value, as JSON, is one that a key of this kind may have: numbers may stand for text, as ids often do. */
export function fitsKind(json: string, kind: FieldKind): boolean {
  const first = json.charCodeAt(0)
  if (first === MINUS || (first >= ZERO && first <= NINE)) return true
  if (first === QUOTE) return kind !== 'number'
  return first === BRACKET && kind === 'texts'
}
