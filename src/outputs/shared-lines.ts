import type { Encoding, LogRecordData } from '../otlp/index.ts'
import { JsonLines } from './json-line.ts'

/** Turns a record into its line of JSON, on which `visibleJson` is still to be done. */
export type RawJsonLine = (record: LogRecordData) => string

const shared = new WeakMap<Encoding, SharedLines>()

/** Lines of JSON for an output. Outputs with the same encoding share them: what the first one makes of a record, the next one gets. */
export function rawJsonLine(encoding: Encoding): RawJsonLine {
  const known = shared.get(encoding)
  if (known !== undefined) return known.share()
  const lines = new SharedLines(new JsonLines(encoding))
  shared.set(encoding, lines)
  return lines.share()
}

class SharedLines {
  readonly #lines: JsonLines
  #users = 0
  #record: LogRecordData | undefined
  #line = ''

  constructor(lines: JsonLines) {
    this.#lines = lines
  }

  share(): RawJsonLine {
    this.#users++
    return (record) => (this.#users === 1 ? this.#lines.rawLine(record) : this.#get(record))
  }

  /** Forgets the record with the second who asks. */
  #get(record: LogRecordData): string {
    if (record === this.#record) {
      this.#record = undefined
      return this.#line
    }
    // The values of a record may log: what they said is the older one now.
    this.#line = this.#lines.rawLine(record)
    this.#record = record
    return this.#line
  }
}
