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
