import { OtlpDecodeError } from '../otlp/decode-error.ts'

/** Why rows were not written: not now, or never. */
export type WriteFailure =
  | {
      readonly kind: 'later'
      readonly retryAfterMillis: number | undefined
      readonly message: string
      readonly cure?: string
    }
  | { readonly kind: 'refused'; readonly splittable: boolean; readonly message: string }

const CURE_RETRY_MILLIS = 30_000
/** PostgreSQL's classes of errors that speak of the data: its values, and its sizes. */
const DATA_ERRORS = /^(?:22|54)/

const CURES: readonly [code: RegExp, cure: string][] = [
  [/^ERR_MODULE_NOT_FOUND$/, 'npm install pg; in a bundle that is an ES module, leave it out'],
  [/^28/, 'look at user and password in the URL of the database'],
  [/^3D000$/, 'make the database, or look at its name in the URL'],
  [/^42601$/, 'give the table another name: this one means something in SQL'],
  [/^42501$/, 'give the user the right to create and insert in this schema'],
]

/** What a failure to write means for what was to be written. */
export function failureOf(error: unknown): WriteFailure {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const said = `${typeof code === 'string' ? `${code}: ` : ''}${String(message)}`
  if (error instanceof OtlpDecodeError) return { kind: 'refused', splittable: true, message: said }
  if (typeof code === 'string') {
    if (DATA_ERRORS.test(code)) return { kind: 'refused', splittable: true, message: said }
    const cure = CURES.find(([pattern]) => pattern.test(code))?.[1]
    if (cure !== undefined) return { kind: 'later', retryAfterMillis: CURE_RETRY_MILLIS, message: said, cure }
  }
  return { kind: 'later', retryAfterMillis: undefined, message: said }
}
