import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { FileTrial, NOTHING_WRONG } from './file-trial.ts'

/** Whether the real one is here; in CI it must be. */
function hasLogrotate(): boolean {
  if (spawnSync('logrotate', ['--version']).status === 0 || process.env['CI'] === 'true') return true
  console.warn('tests with logrotate are left out: apt-get install logrotate')
  return false
}

/** Runs logrotate on the file of a trial, as a machine does every night. */
function rotate(trial: FileTrial, directives: string): void {
  const directory = dirname(trial.logs)
  const file = join(directory, 'logrotate.conf')
  writeFileSync(file, `${trial.path} {\n  rotate 100\n  ${directives}\n}\n`, { mode: 0o644 })
  const args = ['--force', '--state', join(directory, 'logrotate.state'), file]
  expect(spawnSync('logrotate', args, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
}

/** Who said what stands in a file. */
function voices(path: string): Set<string> {
  return new Set(existsSync(path) ? readFileSync(path, 'utf8').match(/"voice":"[^"]+"/g) : [])
}

describe.runIf(hasLogrotate())('beside logrotate', () => {
  test.concurrent.for(['create 0600', 'nocreate', 'create 0600\n  compress\n  delaycompress'])(
    'no line is lost or doubled ("%s")',
    async (directives, context) => {
      const trial = FileTrial.open(context)
      mkdirSync(trial.logs)
      const speakers = ['a', 'b'].map((by) => trial.start(by, { maxBytes: 0 }))
      const done = new AbortController()
      const saying = speakers.map(async (speaker) => {
        while (!done.signal.aborted) {
          await speaker.ask('say', { count: 10 })
          await speaker.ask('say', { level: 'error' })
        }
      })
      for (let time = 0; time < 3; time++) {
        await until('both to write to the new file', () => voices(trial.path).size >= 4)
        rotate(trial, directives)
      }
      done.abort()
      await Promise.all(saying)
      await Promise.all(speakers.map((speaker) => speaker.end('natural', 10)))
      const { said, ...account } = trial.account()
      expect({ said, ...account }).toEqual({ ...NOTHING_WRONG, said })
      expect(existsSync(`${trial.path}.1`)).toBe(true)
    },
  )

  test('a file that is copied and cut off is written on from its new end', async (context) => {
    const trial = FileTrial.open(context)
    const speaker = trial.start('speaker', { maxBytes: 100_000 })
    await speaker.ask('say', { count: 300 })
    // What is written between the copy and the cut is lost, whoever writes it.
    await until('the lines to be written', async () => (await speaker.ask('status')).files?.waiting === 0)
    rotate(trial, 'copytruncate')
    await speaker.ask('say', { count: 300 })
    await speaker.end('natural')
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 600 })
    expect(trial.texts('speaker.jsonl').map((text) => text.split('\n').length - 1)).toEqual([300, 300])
  })
})
