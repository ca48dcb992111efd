import { boundedString, DEFAULT_SAFETY, plainText } from '../values/index.ts'

const MAX_LENGTH = 1_024

/** The name of an event or a level, which is anybody's: bounded and without secrets. Never throws. */
export function safeName(name: unknown): string {
  return boundedString(DEFAULT_SAFETY.text(plainText(name)), MAX_LENGTH)
}
