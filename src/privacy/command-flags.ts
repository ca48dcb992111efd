import { PairValues } from './pair-value.ts'
import { secrecyOf } from './secret-key.ts'
import type { Span } from './span.ts'

const FLAG = /(?<![\w-])--([A-Za-z][\w.-]{1,63})[ \t]+(?!-)/g
/** `curl -u name:password`. */
const USER = /(?<!\S)(?:-u|--(?:proxy-)?user)[ =]["']?[^\s:"']{1,128}:/g
/** The value is the name of a file or of a variable, or there is none. */
const ELSEWHERE = /(?:stdin|file|env|prompt)$/i

/** Whether the argument after a flag of this name is a secret. */
export function isSecretFlag(name: string): boolean {
  return secrecyOf(name) !== undefined && !ELSEWHERE.test(name)
}

/** Where the secrets are in a command line: `--password x` (what has a `=` is a pair). */
export function* flagSecrets(text: string): Generator<Span> {
  const values = new PairValues(text)
  for (const { 0: found, 1: name = '', index } of text.matchAll(FLAG)) {
    const value = isSecretFlag(name) ? values.after(index + found.length, 'word', text.length) : undefined
    if (value !== undefined) yield value
  }
}

/** Where the passwords are in `-u name:password`. */
export function* userFlagSecrets(text: string): Generator<Span> {
  const values = new PairValues(text)
  for (const { 0: found, index } of text.matchAll(USER)) {
    const value = values.after(index + found.length, 'word', text.length)
    if (value !== undefined) yield value
  }
}
