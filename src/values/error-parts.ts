import { types } from 'node:util'
import { cutMark } from './limits.ts'
import { ownKeys, readField } from './own-fields.ts'
import { plainText } from './plain-text.ts'

/** What makes the parts of an error safe: bounded and without secrets. */
export interface ErrorSafety {
  text(text: string): string
  /** Any value as text: a string as it is, anything else as JSON. */
  plain(value: unknown): string
}

/** Where an error stands: the one that was thrown, or one inside of it, of which less is kept. */
export interface ErrorPlace {
  readonly safety: ErrorSafety
  readonly inner: boolean
}

type Head = Readonly<{ type: string; message: string; code?: string | number }>

const MAX_TYPE_LENGTH = 256
const MAX_CODE_LENGTH = 64
const MAX_MESSAGE_LENGTH = 32_768
const MAX_STACK_LENGTH = 16_384
/** Of a message in front of its stack: a longer one leaves room for the frames. */
const MAX_HEAD_LENGTH = 4_096
const MAX_INNER_LENGTH = 4_096
const MAX_FIELDS = 16
const MAX_FIELD_LENGTH = 1_024
const MAX_FRAMES = 64
const FRAME = '\n    at '

/** What is told of an error in places of its own. */
const TOLD = new Set(['name', 'message', 'stack', 'code', 'cause', 'errors', 'error', 'suppressed'])

/** Whether a value is an error: by its class, also of another realm, or by what errors have. Never throws. */
export function isError(value: unknown): boolean {
  if (!isObject(value)) return false
  try {
    if (value instanceof Error || types.isNativeError(value)) return true
  } catch {
    return false
  }
  return typeof read(value, 'message') === 'string' && typeof read(value, 'stack') === 'string'
}

/** The property; undefined where its getter threw. */
export function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key]
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The name that an error or its class was given, else the name of its class: one that inherits its name has not been given one. */
export function typeOf(thrown: unknown, { safety }: ErrorPlace): string {
  if (!isObject(thrown)) return thrown === null ? 'null' : typeof thrown
  const className = read(read(thrown, 'constructor'), 'name')
  const name = read(thrown, 'name')
  const names = hasOwnName(thrown) ? [name, className] : [className, name]
  const known = names.find((one) => typeof one === 'string' && one !== '' && one !== 'Error') as string | undefined
  return cut(known ?? (isError(thrown) ? 'Error' : 'Object'), MAX_TYPE_LENGTH, safety)
}

function hasOwnName(thrown: object): boolean {
  try {
    return isError(thrown) && (Object.hasOwn(thrown, 'name') || Object.hasOwn(Object.getPrototypeOf(thrown), 'name'))
  } catch {
    return false
  }
}

/** The message as it is now, whatever it was when the stack was made. */
export function messageOf(thrown: unknown, { safety, inner }: ErrorPlace): string {
  return cut(rawMessage(thrown, safety), inner ? MAX_INNER_LENGTH : MAX_MESSAGE_LENGTH, safety)
}

function rawMessage(thrown: unknown, safety: ErrorSafety): string {
  if (typeof thrown === 'function') return safety.plain(thrown)
  if (!isObject(thrown)) return plainText(thrown)
  const message = read(thrown, 'message')
  if (typeof message === 'string') return message
  if (isError(thrown)) return message === undefined ? '' : safety.plain(message)
  return safety.plain(thrown)
}

/** Undefined where an error has none. */
export function codeOf(thrown: object, { safety }: ErrorPlace): string | number | undefined {
  const code = isError(thrown) ? read(thrown, 'code') : undefined
  if (typeof code === 'string' && code !== '') return cut(code, MAX_CODE_LENGTH, safety)
  // A DOMException's number is 0 where it has none.
  return typeof code === 'number' && Number.isFinite(code) && code !== 0 ? code : undefined
}

/** An error's further own properties that are text, numbers or booleans; objects stay out, since HTTP clients keep whole requests there. Undefined where there are none. */
export function extraFields(thrown: object, { safety }: ErrorPlace): Record<string, unknown> | undefined {
  if (!isError(thrown)) return undefined
  const found = Object.create(null) as Record<string, unknown>
  let count = 0
  for (const key of ownKeys(thrown)) {
    if (TOLD.has(key)) continue
    const value = readField(thrown as unknown as Record<string, unknown>, key)
    if (!isPlain(value)) continue
    if (++count > MAX_FIELDS) break
    found[key] = value
  }
  return count === 0 ? undefined : safeFields(found, safety)
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value)
}

function safeFields(fields: Record<string, unknown>, safety: ErrorSafety): Record<string, unknown> | undefined {
  try {
    return JSON.parse(safety.plain(fields), (_key, value: unknown) =>
      typeof value === 'string' ? bounded(value, value.length, MAX_FIELD_LENGTH) : value,
    ) as Record<string, unknown>
  } catch {
    // nested so deep in a value that nothing more of it is shown
    return undefined
  }
}

/** The error's own stack, under the heading it would have if it were made now; undefined where it has none. */
export function stackOf(thrown: object, head: Head, { safety, inner }: ErrorPlace): string | undefined {
  const stack = rawStack(read(thrown, 'stack'))
  if (stack === '') return undefined
  const message = read(thrown, 'message')
  const messageAt = typeof message === 'string' ? stack.indexOf(message) : -1
  const framesAt = stack.indexOf(FRAME, messageAt < 0 ? 0 : messageAt + (message as string).length)
  const heading = framesAt < 0 ? stack : stack.slice(0, framesAt)
  const frames = framesAt < 0 ? '' : stack.slice(framesAt)
  return (
    cut(named(heading, head, { inner, stale: messageAt < 0 }), inner ? MAX_INNER_LENGTH : MAX_HEAD_LENGTH, safety) +
    cut(frames, inner ? MAX_INNER_LENGTH : MAX_STACK_LENGTH, safety)
  )
}

/** A program may make stacks to its taste: as a list of frames. */
function rawStack(stack: unknown): string {
  if (typeof stack === 'string') return stack
  try {
    return Array.isArray(stack) ? stack.slice(0, MAX_FRAMES).map((frame) => FRAME + plainText(frame)).join('') : '' // prettier-ignore
  } catch {
    return ''
  }
}

/** Class, message and code may have been set after the stack was made. */
function named(heading: string, head: Head, { inner, stale }: { inner: boolean; stale: boolean }): string {
  const shownCode = inner && typeof head.code === 'string' && !heading.includes(head.code) && !stale
  const type = shownCode ? `${head.type} [${head.code}]` : head.type
  if (stale) return headingOf(head) + (heading === '' ? '' : `\n${heading}`)
  if (heading.includes(type)) return heading
  return heading.replace(/^\w*Error\b/, () => type)
}

/** The line that says what an error is, where there is no stack for it. */
export function headingOf({ type, message, code }: Head): string {
  const name = typeof code === 'string' && !message.includes(code) ? `${type} [${code}]` : type
  return message === '' ? name : `${name}: ${message}`
}

function cut(text: string, maxLength: number, safety: ErrorSafety): string {
  return bounded(safety.text(text), text.length, maxLength)
}

function bounded(text: string, wholeLength: number, maxLength: number): string {
  return text.length <= maxLength ? text : text.slice(0, maxLength) + cutMark(wholeLength - maxLength)
}
