import { codeOf, extraFields, isObject, messageOf, read, stackOf, typeOf, type ErrorSafety } from './error-parts.ts'

/** What is kept of a thrown value. Safe: bounded and without secrets. */
export interface ErrorDetails {
  /** The class name; the `typeof` of what is not an error. */
  readonly type: string
  readonly message: string
  /** What the error calls its kind: `ECONNREFUSED`, 503. */
  readonly code?: string | number
  /** The error's other own properties that are text, numbers or booleans. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Its own stack; absent when the value had none. */
  readonly stack?: string
  /** The errors in it, of an AggregateError and its like. */
  readonly errors?: readonly ErrorDetails[]
  /** What was thrown before the error that hid it, of a SuppressedError. */
  readonly suppressed?: ErrorDetails
  readonly cause?: ErrorDetails
  /** Its stack, and what is in it, stands in an earlier record of the trace. */
  readonly repeated?: true
}

/** Stands for `undefined` where that was thrown, since there `undefined` means that nothing was. */
export const THROWN_UNDEFINED: unique symbol = Symbol('undefined')

/** Tells of an error, which is asked about once, whether its stack stands somewhere already. */
export type IsTold = (error: object) => boolean

const MAX_CAUSES = 8
/** Most errors inside of one error that are listed, at each place. */
const MAX_LISTED = 8
/** Most errors of one tree. */
const MAX_ERRORS = 32

/**
 * Describes any thrown value, an error or not, with its causes and the errors in it. Never throws. An object without a message is described by its properties, made safe.
 * @param isTold an error whose stack stands somewhere already gets no stack here; undefined when there is none
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export function errorDetails(thrown: unknown, safety: ErrorSafety, isTold?: IsTold): ErrorDetails {
  if (thrown === THROWN_UNDEFINED) return { type: 'undefined', message: 'undefined' }
  return new ErrorTree(safety, isTold).describe(thrown, 0)
}

type Inner = Pick<ErrorDetails, 'errors' | 'suppressed' | 'cause'>

class ErrorTree {
  readonly #safety: ErrorSafety
  readonly #isTold: IsTold | undefined
  readonly #seen = new Set<unknown>()
  #count = 0

  constructor(safety: ErrorSafety, isTold: IsTold | undefined) {
    this.#safety = safety
    this.#isTold = isTold
  }

  describe(thrown: unknown, depth: number): ErrorDetails {
    this.#count++
    if (isObject(thrown)) this.#seen.add(thrown)
    const place = { safety: this.#safety, inner: depth > 0 }
    const type = typeOf(thrown, place)
    const message = messageOf(thrown, place)
    if (!isObject(thrown)) return { type, message }
    const code = codeOf(thrown, place)
    const fields = extraFields(thrown, place)
    const head = {
      type,
      message,
      ...(code === undefined ? undefined : { code }),
      ...(fields === undefined ? undefined : { fields }),
    }
    if (this.#isTold?.(thrown) === true) return { ...head, repeated: true }
    const stack = stackOf(thrown, head, place)
    return { ...head, ...(stack === undefined ? undefined : { stack }), ...this.#inner(thrown, type, depth) }
  }

  #inner(thrown: object, type: string, depth: number): Inner {
    const errors = this.#listed(read(thrown, 'errors'), depth)
    // Its `error` is what was thrown last, and so why it is there; the one before is the suppressed one.
    const isSuppressed = type === 'SuppressedError'
    const suppressed = isSuppressed ? this.#one(read(thrown, 'suppressed'), depth) : undefined
    const cause = this.#one(read(thrown, 'cause') ?? (isSuppressed ? read(thrown, 'error') : undefined), depth)
    return {
      ...(errors.length === 0 ? undefined : { errors }),
      ...(suppressed === undefined ? undefined : { suppressed }),
      ...(cause === undefined ? undefined : { cause }),
    }
  }

  /** Undefined where there is none, or where it was described already. */
  #one(inner: unknown, depth: number): ErrorDetails | undefined {
    if (inner === undefined || inner === null || this.#seen.has(inner)) return undefined
    if (depth >= MAX_CAUSES || this.#count >= MAX_ERRORS) return { type: '…', message: 'the causes of this are cut' }
    return this.describe(inner, depth + 1)
  }

  #listed(errors: unknown, depth: number): ErrorDetails[] {
    try {
      if (!Array.isArray(errors)) return []
      const listed = Array.from({ length: Math.min(errors.length, MAX_LISTED) }, (_, at) =>
        this.#one(errors[at], depth),
      )
      const cut = errors.length - listed.length
      const all = cut > 0 ? [...listed, { type: '…', message: `${cut} more errors cut` }] : listed
      return all.filter((details) => details !== undefined)
    } catch {
      // a proxy
      return []
    }
  }
}
