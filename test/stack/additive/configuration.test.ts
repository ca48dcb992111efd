import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { rootConfig } from '../../../stack/native/collector.ts'
import { writeGeoDatabase } from '../../../stack/native/geo-database.ts'
import { repositoryRoot } from '../../../stack/native/repository.ts'

const { collector: program, geoDatabase } = inject('additivePrograms')
const run = promisify(execFile)

describe.skipIf(program === '' || !geoDatabase)('the files that are added to the root file', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'clew-additive-'))
  const env = {
    CLEW_GEOIP_DATABASE: join(cwd, 'city.mmdb'),
    CLEW_FORWARD_ENDPOINT: 'http://127.0.0.1:4319',
    CLEW_KAFKA_USER: 'clew',
    // a password that YAML would take for a number
    CLEW_KAFKA_PASSWORD: '0123456',
  }
  beforeAll(() => writeGeoDatabase(env.CLEW_GEOIP_DATABASE))
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))
  const collector = (command: string, names: readonly string[]) => {
    const files = names.map((name) => join(repositoryRoot, 'stack/collector', `${name}.yaml`))
    return run(program, [command, ...[rootConfig, ...files].flatMap((file) => ['--config', file])], { cwd, env })
  }

  it.each([
    [['elasticsearch']],
    [['geoip']],
    [['kafka']],
    [['from-kafka']],
    [['kafka', 'kafka-secure']],
    [['from-kafka', 'kafka-secure']],
    [['kafka', 'elasticsearch', 'geoip', 'second-collector']],
    [['geoip', 'from-kafka', 'elasticsearch', 'kafka-secure']],
  ])('are valid: %s', async (names) => {
    await expect(collector('validate', names)).resolves.toMatchObject({ stderr: '' })
  })

  it('leave each other’s and the root file’s destinations as they are, all of them together', async () => {
    const { stdout } = await collector('print-config', ['kafka', 'elasticsearch', 'geoip', 'second-collector'])
    const { pipelines } = (parse(stdout) as Resolved).service
    const destinations = Object.values(pipelines).filter(({ receivers }) => receivers.includes('forward/out'))
    const names = destinations.flatMap(({ exporters }) => exporters)
    const root = parse((await collector('print-config', [])).stdout) as Resolved
    const alone = Object.values(root.service.pipelines).filter(({ receivers }) => receivers.includes('forward/out'))
    expect(names).toEqual(expect.arrayContaining(alone.flatMap(({ exporters }) => exporters)))
    expect(names).toEqual(expect.arrayContaining(['kafka', 'elasticsearch']))
  })

  it('take a password as the text that it is', async () => {
    const { stdout } = await collector('print-config', ['kafka', 'kafka-secure'])
    expect(stdout).toMatch(/password: "?0123456"?$/m)
  })
})

interface Resolved {
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>> }
}

interface Pipeline {
  readonly receivers: readonly string[]
  readonly exporters: readonly string[]
}
