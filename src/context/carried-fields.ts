import { Notes } from '../diagnostics/index.ts'
import type { Fields } from '../otlp/index.ts'
import { DEFAULT_SAFETY, ownKeys } from '../values/index.ts'

const MAX_FIELDS = 64
/** Of all keys and values as JSON. */
const MAX_LENGTH = 8_192

const notes = new Notes()

/** Says that something of a carried context is left out. */
export function noteCarried(message: string): void {
  notes.note('carried', message)
}

/** The fields as plain data without secrets, of bounded size; what finds no room is left out, with a note. Never throws. */
export function carriedFields(fields: Fields): Fields {
  const safe = JSON.parse(DEFAULT_SAFETY.json(fields)) as Fields
  const kept: [string, unknown][] = []
  let length = 0
  let leftOut = 0
  for (const name of ownKeys(safe)) {
    const own = name.length + JSON.stringify(safe[name]).length
    if (kept.length < MAX_FIELDS && length + own <= MAX_LENGTH) {
      kept.push([name, safe[name]])
      length += own
    } else leftOut++
  }
  if (leftOut > 0)
    noteCarried(`of the fields of a carried context ${leftOut} are left out: there are too many, or too long ones`)
  return Object.fromEntries(kept)
}
