import { createRedactor } from '../privacy/index.ts'

/** One value, or one key, of something captured. */
export interface FoundValue {
  readonly value: unknown
  readonly text: string
  /** The keys that lead to it, its own last. */
  readonly keys: readonly string[]
  readonly isKey: boolean
}

/** Every value that is no object, and every key. */
export function* valuesOf(value: unknown, keys: readonly string[] = []): Generator<FoundValue> {
  if (typeof value !== 'object' || value === null) yield { value, text: String(value), keys, isKey: false }
  else {
    for (const [key, item] of Object.entries(value)) {
      const inner = [...keys, key]
      yield { value: key, text: key, keys: inner, isKey: true }
      yield* valuesOf(item, inner)
    }
  }
}

/** Says whether there is a secret in a value or a key. */
export type SecretTest = (found: FoundValue) => boolean

/**
 * Finds one secret: a pattern; or a text as it is, percent-encoded, escaped as in JSON, or in base64, where it may begin at any byte.
 * @throws TypeError for an empty text, which is in everything
 */
export function secretTest(secret: string | RegExp): SecretTest {
  if (secret instanceof RegExp) return ({ text }) => text.search(secret) >= 0
  if (typeof secret !== 'string' || secret === '')
    throw new TypeError('toHaveNoSecrets: a secret must be a text that is not empty, or a RegExp')
  const escaped = JSON.stringify(secret).slice(1, -1)
  const forms = new Set([secret, escaped, encodeURIComponent(secret.toWellFormed()), ...base64Forms(secret)])
  return ({ text }) => [...forms].some((form) => text.includes(form))
}

/** Shorter pieces of base64 are in other texts by chance. */
const MIN_BASE64_LENGTH = 6

/** The characters that a secret has in base64 text whatever stands around it, by the three places it may begin at. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const form = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return form.length < MIN_BASE64_LENGTH ? [] : [form, form.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

const redactor = createRedactor({ contents: false })
/** What rules put in the place of a secret. */
const TAKEN_OUT = /^(?:\[REDACTED\b.*\]|hmac:[0-9a-f]{16}|\[\d+ characters\])$/

/** Whether clew's own rules see a secret in a text, or under its key. */
export const redactorTest: SecretTest = ({ value, text, keys, isKey }) => {
  if (redactor.text(text) !== text) return true
  const key = keys.findLast((one) => !/^\d+$/.test(one))
  return !isKey && key !== undefined && !TAKEN_OUT.test(text) && redactor.keyRule(key)?.covers(value) === true
}
