import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogEntry } from '../../src/otlp/decode-entry.ts'

/** What speakers said, against what arrived. A record that came twice with the same `log.record.uid` counts once. */
export interface Account {
  /** Records that were said, by the speakers' own books. */
  readonly said: number
  /** Records that did not arrive. Each must be counted by reason, or wait in the spool. */
  readonly missing: number
  /** Of these, the records that had to survive the death of their process. */
  readonly lost: number
  /** Records that came again. */
  readonly doubles: number
  /** Records that came before one that its voice had said earlier. */
  readonly disorder: number
  /** Records that are not what was said, or have the id of another record. */
  readonly damaged: number
}

interface Voice {
  readonly numbers: Set<number>
  highest: number
}

/** Draws up the account of all voices that wrote their marks into a directory. */
export function drawUp(marks: string, logs: readonly LogEntry[]): Account {
  const voices = new Map<string, Voice>()
  const uids = new Map<unknown, string>()
  const account = { said: 0, missing: 0, lost: 0, doubles: 0, disorder: 0, damaged: 0 }
  for (const { body, attributes, scope } of logs) {
    if (scope.name !== 'speaker') continue
    const {
      voice: name,
      n,
      'log.record.uid': uid,
    } = attributes as { voice: string; n: number; 'log.record.uid': string }
    const voice = voices.get(name) ?? { numbers: new Set(), highest: -1 }
    voices.set(name, voice)
    if (voice.numbers.has(n)) account.doubles++
    else if (n < voice.highest) account.disorder++
    const record = `${name}/${n}`
    if (body !== `record ${n}` || (uids.get(uid) ?? record) !== record) account.damaged++
    voice.numbers.add(n)
    voice.highest = Math.max(voice.highest, n)
    uids.set(uid, record)
  }
  for (const file of readdirSync(marks).filter((name) => name.endsWith('.said'))) {
    const voice = file.slice(0, -'.said'.length)
    const numbers = voices.get(voice)?.numbers ?? new Set()
    const [said, certain] = [readMark(marks, file), readMark(marks, `${voice}.certain`)]
    account.said += said
    for (let n = 0; n < said; n++) {
      if (numbers.has(n)) continue
      account.missing++
      if (n < certain) account.lost++
    }
  }
  return account
}

function readMark(marks: string, file: string): number {
  return Number(readFileSync(join(marks, file), 'utf8'))
}
