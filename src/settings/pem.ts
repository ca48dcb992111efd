import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { UnusableValue } from './settings-error.ts'

/** What is in a PEM. */
export type PemKind = 'certificate' | 'key'

/**
 * PEM text, given as it is or as the path of its file.
 * @throws UnusableValue, which shows neither the path nor the text
 */
export function readPem(given: string, kind: PemKind): string {
  const allowed = `the path of a PEM file, or PEM text, with a ${kind}${kind === 'key' ? ' without a pass phrase' : ''}`
  const text = given.includes('-----BEGIN') ? given : readFile(given, allowed)
  try {
    if (kind === 'key') createPrivateKey(text)
    else new X509Certificate(text).toString()
    return text
  } catch {
    throw new UnusableValue(`no ${kind} that can be used`, allowed)
  }
}

/** Whether a key is the one of a certificate; both as PEM text. */
export function isKeyOf(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
}

function readFile(path: string, allowed: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UnusableValue(
      `a file that can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      allowed,
    )
  }
}
