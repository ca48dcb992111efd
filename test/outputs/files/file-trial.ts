import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { vi, type TestContext } from 'vitest'
import type { LogEntry } from '../../../src/otlp/decode-entry.ts'
import type { FileOptions } from '../../../src/settings/index.ts'
import { drawUp, type Account } from '../../faults/account.ts'
import { Speaker, type SpeakerStart } from '../../faults/speaker.ts'

// Much of this waits, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 })

/** What an account looks like when nothing went wrong. */
export const NOTHING_WRONG = { missing: 0, lost: 0, doubles: 0, disorder: 0, damaged: 0 }

/** A line of a speaker's record. */
interface SpeakerLine {
  readonly component: string
  readonly message: string
  readonly uid: string
  readonly metadata: { readonly voice: string; readonly n: number }
}

/** Programs that write one log file, for the time of one test. */
export class FileTrial {
  /** Where the files are. */
  readonly logs: string
  readonly path: string
  readonly #marks: string
  readonly #speakers: Speaker[] = []

  private constructor(directory: string, logs: string) {
    this.logs = logs
    this.path = join(logs, 'speaker.jsonl')
    this.#marks = join(directory, 'marks')
    // Programs of other users write here too.
    chmodSync(directory, 0o777)
    mkdirSync(this.#marks)
    chmodSync(this.#marks, 0o777)
  }

  /** @param logs where the files are; in a temporary directory unless given */
  static open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, logs?: string): FileTrial {
    const directory = mkdtempSync(join(tmpdir(), 'clew-files-'))
    const trial = new FileTrial(directory, logs ?? join(directory, 'logs'))
    onTestFinished(async () => {
      for (const speaker of trial.#speakers) await speaker.kill()
      rmSync(directory, { recursive: true, force: true })
    })
    return trial
  }

  /** Starts a program that says records for as long as it is asked to. @param file `null` leaves clew its defaults for development */
  start(by: string, file: FileOptions | null = {}, start: Partial<SpeakerStart> = {}): Speaker {
    const init = file === null ? {} : { file: { path: this.path, backupCount: 1_000_000, ...file } }
    const environment = file === null ? 'development' : 'production'
    const env = {
      BY: by,
      MARKS: this.#marks,
      CLEW_LOG_FILE: '',
      CLEW_LIFECYCLE: 'false',
      INIT: JSON.stringify({ environment, otlp: false, ...init }),
    }
    const speaker = new Speaker({ ...start, env })
    this.#speakers.push(speaker)
    return speaker
  }

  /** What the speakers said, against what stands in the main file and its backups. */
  account(): Account {
    return drawUp(this.#marks, this.texts('speaker.jsonl').flatMap(entries))
  }

  /** The contents of a log file's backups, also of those that logrotate made, and of itself; oldest first. */
  texts(name: string): string[] {
    const rotated = readdirSync(this.logs)
      .filter((file) => /\.\d+(?:\.gz)?$/.test(file) && file.startsWith(`${name}.`))
      .toSorted((a, b) => parseInt(b.slice(name.length + 1), 10) - parseInt(a.slice(name.length + 1), 10))
    return [...rotated, ...this.backups(name), name].flatMap((file) => {
      const path = join(this.logs, file)
      if (!existsSync(path)) return []
      return [(file.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString()]
    })
  }

  /** The names of a log file's backups, oldest first. */
  backups(name: string): string[] {
    return readdirSync(this.logs)
      .filter((file) => file.startsWith(`${name}.`) && /Z(?:\.gz)?$/.test(file))
      .toSorted()
  }
}

/** Throws for a line that is not whole. */
function entries(text: string): LogEntry[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not whole')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const { component, message, uid, metadata } = JSON.parse(line) as SpeakerLine
      return { scope: { name: component }, body: message, attributes: { ...metadata, 'log.record.uid': uid } }
    }) as unknown as LogEntry[]
}
