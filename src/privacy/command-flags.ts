import { PairValues } from './pair-value.ts'
import { secrecyOf } from './secret-key.ts'
import { withoutFound } from './span.ts'

const FLAG = /(?<![\w-])--([A-Za-z][\w.-]{1,63})[ \t]+(?!-)/g
/** `curl -u name:password`. */
const USER = /(?<!\S)(?:-u|--(?:proxy-)?user)[ =]["']?[^\s:"']{1,128}:/g
/** The value is the name of a file or of a variable, or there is none. */
const ELSEWHERE = /(?:stdin|file|env|prompt)$/i

/** Whether the argument after a flag of this name is a secret. */
export function isSecretFlag(name: string): boolean {
  return secrecyOf(name) !== undefined && !ELSEWHERE.test(name)
}

/** The text without the secrets of command lines: `--password x` (what has a `=` is a pair). */
export function withoutFlagSecrets(text: string): string {
  const values = new PairValues(text)
  return withoutFound(text, FLAG, ({ 0: found, 1: name = '', index }) =>
    isSecretFlag(name) ? values.after(index + found.length, 'word') : undefined,
  )
}

/** The text without the passwords in `-u name:password`. */
export function withoutUserFlags(text: string): string {
  const values = new PairValues(text)
  return withoutFound(text, USER, ({ 0: found, index }) => values.after(index + found.length, 'word'))
}
