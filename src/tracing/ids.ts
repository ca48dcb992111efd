import { randomFillSync } from 'node:crypto'

/** Small: an id that is kept keeps all digits it was cut from. */
const pool = Buffer.allocUnsafeSlow(2_048)
let digits = ''
let used = 0

/** Digits are made many at a time: a call for each id would take longer than all else of a span that is not sampled. */
function randomHex(length: number): string {
  if (used + length > digits.length) {
    digits = randomFillSync(pool).toString('hex')
    used = 0
  }
  used += length
  return digits.slice(used - length, used)
}

const NO_TRACE = '0'.repeat(32)
const NO_SPAN = '0'.repeat(16)

/** 32 hex digits, never all zero. */
export function newTraceId(): string {
  const id = randomHex(32)
  return id === NO_TRACE ? newTraceId() : id
}

/** 16 hex digits, never all zero. */
export function newSpanId(): string {
  const id = randomHex(16)
  return id === NO_SPAN ? newSpanId() : id
}
