import { defaultTextMapGetter, propagation, type Context } from '@opentelemetry/api'
import { injectContext } from '../../src/context/index.ts'

/** A control character that text seldom has begins an envelope and ends it; what is between is for clew. */
const MARK = '\u001e'
const OPENING = `${MARK}clew `
const OPENING_BYTES = Buffer.from(OPENING)
const MARK_BYTE = OPENING_BYTES[0] as number
/** It may say more than the other end should know, and it would travel on from there with whatever that end asks for. */
const BAGGAGE = 'baggage'
/** A longer one is no envelope of ours. */
const MAX_LENGTH = 4_096

/** A message without its envelope. */
export interface Opened<T> {
  readonly data: T
  /** What the propagators wrote, by name; without baggage. */
  readonly carried: Readonly<Record<string, string>>
}

/** What stands before a message that is sent in a context; empty where there is nothing to tell. */
export function envelopeOf(context: Context): string {
  const carrier: Record<string, string> = {}
  injectContext(context, carrier, {
    set(into, name, value) {
      if (name !== BAGGAGE) into[name] = value
    },
  })
  const told = new URLSearchParams(carrier).toString()
  return told === '' || told.length > MAX_LENGTH - OPENING.length ? '' : OPENING + told + MARK
}

/** Puts text into an envelope. What looks like one already gets an empty one, so that the other end takes no more off than was put on. */
export function enclosed(data: unknown, envelope: string): unknown {
  if (typeof data === 'string') {
    const around = envelope === '' && data.startsWith(OPENING) ? OPENING + MARK : envelope
    return around === '' ? data : around + data
  }
  if (!ArrayBuffer.isView(data)) return data
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const around = envelope === '' && beginsEnvelope(bytes) ? OPENING + MARK : envelope
  return around === '' ? data : Buffer.concat([Buffer.from(around), bytes])
}

/** Takes the envelope off a text message as `ws` gives it: bytes, or a string in version 7; undefined when it has none. */
export function opened(data: unknown): Opened<unknown> | undefined {
  if (typeof data === 'string') {
    const end = data.startsWith(OPENING) ? data.indexOf(MARK, OPENING.length) : -1
    if (end === -1 || end > MAX_LENGTH) return undefined
    return { data: data.slice(end + 1), carried: carriedIn(data.slice(OPENING.length, end)) }
  }
  if (!Buffer.isBuffer(data) || !beginsEnvelope(data)) return undefined
  const end = data.indexOf(MARK_BYTE, OPENING.length)
  if (end === -1 || end > MAX_LENGTH) return undefined
  return { data: data.subarray(end + 1), carried: carriedIn(data.toString('latin1', OPENING.length, end)) }
}

function beginsEnvelope(bytes: Buffer): boolean {
  return bytes[0] === MARK_BYTE && bytes.subarray(0, OPENING_BYTES.length).equals(OPENING_BYTES)
}

function carriedIn(text: string): Readonly<Record<string, string>> {
  const carried = new URLSearchParams(text)
  carried.delete(BAGGAGE)
  return Object.fromEntries(carried)
}

/** A context inside the given one, in the trace that a message brought. */
export function carriedContext(context: Context, carried: Readonly<Record<string, string>>): Context {
  return propagation.extract(context, carried, defaultTextMapGetter)
}
