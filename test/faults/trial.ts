import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi, type TestContext } from 'vitest'
import type { ClewStatus } from '../../src/clew.ts'
import { drawUp, type Account } from './account.ts'
import { FaultReceiver, healthy } from './receiver.ts'
import { Speaker, type SpeakerStart } from './speaker.ts'

// Much of this waits, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 })

/** What an account looks like when nothing went wrong. */
export const NOTHING_WRONG = { missing: 0, lost: 0, doubles: 0, disorder: 0, damaged: 0 }

/** One receiver, one spool and the programs that use them, for the time of one test. */
export class Trial {
  readonly receiver: FaultReceiver
  readonly home: string
  readonly #marks: string
  readonly #speakers: Speaker[] = []

  private constructor(receiver: FaultReceiver, directory: string, home: string) {
    this.receiver = receiver
    this.home = home
    this.#marks = join(directory, 'marks')
    // Programs of other users write here too.
    chmodSync(directory, 0o777)
    mkdirSync(this.#marks)
    chmodSync(this.#marks, 0o777)
  }

  /** @param home where clew keeps its state; in a temporary directory unless given */
  static async open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, home?: string): Promise<Trial> {
    const directory = mkdtempSync(join(tmpdir(), 'clew-fault-'))
    const trial = new Trial(await FaultReceiver.start(), directory, home ?? join(directory, 'home'))
    onTestFinished(async () => {
      for (const speaker of trial.#speakers) await speaker.kill()
      await trial.receiver.close()
      rmSync(directory, { recursive: true, force: true })
    })
    return trial
  }

  /** Where the records of speakers wait. */
  get spool(): string {
    return join(this.home, 'spool', 'speaker')
  }

  /** Starts a program that says records for as long as it is asked to. */
  start(by: string, { env = {}, ...rest }: Partial<SpeakerStart> = {}): Speaker {
    const speaker = new Speaker({
      env: {
        BY: by,
        MARKS: this.#marks,
        CLEW_HOME: this.home,
        OTEL_EXPORTER_OTLP_ENDPOINT: this.receiver.url,
        // The account is one of records.
        OTEL_METRICS_EXPORTER: 'none',
        ...env,
      },
      ...rest,
    })
    this.#speakers.push(speaker)
    return speaker
  }

  /** Runs one more program, with a receiver that is well: what the others left in the spool goes out. Answers the entries it left out, by reason counted, and what is left. */
  async drain(): Promise<{ dropped: number; left: string[] }> {
    await this.receiver.close()
    await this.receiver.open()
    this.receiver.behave = healthy
    const last = this.start(`drain-${this.#speakers.length}`)
    await last.ask('say')
    await last.ask('flush')
    const { status } = await last.ask('shutdown')
    await last.end('natural')
    return { dropped: dropped(status), left: existsSync(this.spool) ? readdirSync(this.spool) : [] }
  }

  account(): Account {
    const account = drawUp(this.#marks, this.receiver.logs)
    return { ...account, damaged: account.damaged + this.receiver.unreadable }
  }
}

/** How many entries were left out, for whatever reason. */
export function dropped({ delivery }: Pick<ClewStatus, 'delivery'>): number {
  return Object.values(delivery?.dropped ?? {}).reduce((sum, count) => sum + count, 0)
}
