import { createRedactor, REDACTED } from '../privacy/index.ts'

const MAX_LENGTH = 200

/** Stands for a value that may be a secret as a whole. */
export const UNSHOWN = "a value that can't be read"

const redactor = createRedactor()

/** What was given, as a message about it may show it: short, without the credentials of a URL, also of one whose scheme was forgotten. */
export function shownValue(text: string): string {
  const safe = redactor.text(text)
  const at = safe.includes('://') ? -1 : safe.lastIndexOf('@')
  const shown = at > 0 ? REDACTED + safe.slice(at) : safe
  return JSON.stringify(shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown)
}

/** A URL without its credentials. */
export function shownUrl(url: string): string {
  return redactor.text(url)
}

/** Options whose values are secrets as a whole. */
const SECRET = new Set(['headers', 'clientKey', 'hashKey', 'key'])

/** Whether the value of the option at this path must not be shown. */
export function isSecretPath(path: readonly string[]): boolean {
  return path.some((key) => SECRET.has(key))
}

/** Whether what has this name is hidden: a secret, by the rules for the names of fields. */
export function isSecretName(name: string): boolean {
  return redactor.keyRule(name) !== undefined
}
