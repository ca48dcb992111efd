import { randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafeSlow(8_192)
let used = pool.length

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const digits = pool.toString('hex', used, used + bytes)
  used += bytes
  return digits
}

const NO_TRACE = '0'.repeat(32)
const NO_SPAN = '0'.repeat(16)

/** 32 hex digits, never all zero. */
export function newTraceId(): string {
  const id = randomHex(16)
  return id === NO_TRACE ? newTraceId() : id
}

/** 16 hex digits, never all zero. */
export function newSpanId(): string {
  const id = randomHex(8)
  return id === NO_SPAN ? newSpanId() : id
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
let lastMillis = 0
let timePart = ''
let highPart = ''
let counter = 0

/**
 * A ULID: 10 characters of time, 16 that are random at the start of the process and then count up, so that ids of one process sort as they were made.
 * @see https://github.com/ulid/spec
 */
export function newUid(millis: number): string {
  const whole = Math.floor(millis)
  if (whole !== lastMillis) {
    lastMillis = whole
    timePart = base32(whole, 10)
  }
  if (highPart === '' || counter >= 2 ** 40) {
    highPart = base32(parseInt(randomHex(5), 16), 8)
    counter = parseInt(randomHex(4), 16)
  }
  return timePart + highPart + base32(counter++, 8)
}

function base32(value: number, length: number): string {
  let digits = ''
  let rest = value
  for (let i = 0; i < length; i++) {
    digits = (CROCKFORD[rest % 32] as string) + digits
    rest = Math.floor(rest / 32)
  }
  return digits
}
