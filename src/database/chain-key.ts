import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSettings } from './audit-table.ts'

const KEY_BYTES = 32

/**
 * The key of the chain: the one that is set, or the one in the key file, which is made where it is missing, readable by its owner only.
 * @param made hears that a file was made
 * @throws when the file can't be read or made
 */
export function chainKey(key: DatabaseSettings['key'], made: (file: string) => void): string {
  if ('text' in key) return key.text
  try {
    mkdirSync(dirname(key.file), { recursive: true, mode: 0o700 })
    const text = randomBytes(KEY_BYTES).toString('base64url')
    // Of processes that start together one makes it.
    writeFileSync(key.file, `${text}\n`, { mode: 0o600, flag: 'wx' })
    made(key.file)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readKey(key.file)
}

/** @throws when the file is missing or empty */
export function readKey(file: string): string {
  const text = readFileSync(file, 'utf8').trim()
  if (text === '') throw new Error(`${file} is empty: it should hold the key of the audit chain`)
  return text
}
