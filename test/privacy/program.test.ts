import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runProgram } from '../support/program.ts'
import { carriedText } from './support/carriers.ts'
import { carriedValue } from './support/structures.ts'

const SEED = Number(process.env['PLANTING_SEED'] ?? Date.now() % 2 ** 31)

console.log(`planting with PLANTING_SEED=${SEED}`)

test.each(['human', 'json'])(
  'a whole program leaves no planted secret on the disk and on its console (%s)',
  async (format) => {
    const home = mkdtempSync(join(tmpdir(), 'clew-program-'))
    try {
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', CLEW_HOME: home }
      const options = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
      const end = await runProgram('test/privacy/fixtures/program.ts', [String(SEED), format], environment, options)
      expect(end.code).toBe(0)
      const files = globSync('**/*', { cwd: home }).filter((file) => statSync(join(home, file)).isFile())
      const spooled = files.map((file) => readFileSync(join(home, file), 'latin1')).join('\n')
      expect(spooled).toContain('planting')
      expect(end.stdout).toContain('[REDACTED]')
      const left = [spooled, end.stdout, end.stderr].join('\n')
      const secrets = [
        ...fc.sample(carriedText, { numRuns: 120, seed: SEED }),
        ...fc.sample(carriedValue, { numRuns: 60, seed: SEED }),
      ].flatMap(({ secrets: planted }) => planted)
      expect(secrets.filter((secret) => left.includes(secret))).toEqual([])
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  },
)
