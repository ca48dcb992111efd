import type { SafeValue } from './safe-value.ts'

/** JSON of a safe value; what JSON has no form for becomes text. */
export function jsonText(value: SafeValue): string {
  return JSON.stringify(value, jsonValue)
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value
}
