import type { KeyRule } from './key-rule.ts'
import { keyWords, secrecyOf } from './secret-key.ts'

/** Names of fields, in words, that hold what people and models said. */
const CONTENTS =
  /_(?:prompt|completion|transcript|transcription)s?$|^_(?:gen_ai|llm|ai|traceloop)_.*(?:content|text|message|response|instruction|argument|result)s?$|_(?:llm|model|assistant)_response$/
/** Longer ones are shortened. */
const MAX_LENGTH = 256
const EXCERPT_LENGTH = 64
/** So much is searched for secrets before the excerpt is taken. */
const SEARCHED_LENGTH = 2_048
const MAX_NODES = 1_024
const MAX_DEPTH = 8

/** Whether a field holds a prompt, a response or a transcript, by its name. */
export function isContents(key: string): boolean {
  return CONTENTS.test(keyWords(key))
}

/** Long contents become their length and their beginning, made safe by `redact`. */
export function createContentsRule(redact: (text: string, cut: boolean) => string): KeyRule {
  return {
    covers: (value) => contentsOf(value).length > MAX_LENGTH,
    replace(value) {
      const { length, beginning } = contentsOf(value)
      const excerpt = redact(beginning, length > beginning.length).slice(0, EXCERPT_LENGTH)
      return `[${length} characters] ${excerpt}…`
    },
  }
}

interface Contents {
  readonly length: number
  readonly beginning: string
}

function contentsOf(value: unknown): Contents {
  if (typeof value === 'string') return { length: value.length, beginning: value.slice(0, SEARCHED_LENGTH) }
  const texts = new Texts()
  try {
    texts.add(value, 0)
  } catch {
    // a getter or a proxy: what was read is enough, or too short to matter
  }
  return texts
}

/** The texts in a list of messages, but for those under names of secrets. */
class Texts implements Contents {
  length = 0
  beginning = ''
  #nodes = 0

  add(value: unknown, depth: number): void {
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) return
    if (typeof value === 'string') {
      this.length += value.length
      if (this.beginning.length < SEARCHED_LENGTH) this.beginning += `${value.slice(0, SEARCHED_LENGTH)}\n`
    } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      for (const [key, item] of Object.entries(value)) if (secrecyOf(key) === undefined) this.add(item, depth + 1)
    }
  }
}
