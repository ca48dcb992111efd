import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { files, folder, read, settle, stack, write } from './stack-folder.ts'

test('writes all that docker compose mounts, and says what comes next', async () => {
  const { code, stdout, stderr } = await stack()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(files()).toEqual(
    expect.arrayContaining([
      '.env.example',
      'collector-config.yaml',
      'docker-compose.yml',
      'stack/grafana/provisioning/datasources/datasources.yaml',
      'stack/loki/loki.yaml',
      'stack/prometheus/prometheus.yaml',
      'stack/settings.schema.json',
      'stack/settings.yaml',
      'stack/tempo/tempo.yaml',
    ]),
  )
  expect(files().filter((file) => /\.ts$|native|\.tmp$/.test(file))).toEqual([])
  const scripts = files().filter((file) => file.endsWith('.sh'))
  expect(scripts.map((file) => statSync(join(folder, file)).mode & 0o777)).toEqual([0o755, 0o755])
  expect(stdout).toContain('written  collector-config.yaml\n')
  expect(stdout).toMatch(/\nnext: cp \.env\.example \.env, .*docker compose up --wait\n$/)
})

test('a second time writes nothing', async () => {
  await stack()
  const { code, stdout } = await stack()
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^0 written, \d+ as they should be, in .*\n$/)])
})

test('puts in what the user’s settings say, also when they change, and leaves the settings alone', async () => {
  await stack()
  settle('retention: { debug: 2d }\n')
  const { code, stdout } = await stack()
  expect([code, stdout.match(/^written.*/gm)]).toEqual([
    0,
    [
      'written  collector-config.yaml',
      'written  stack/elasticsearch/lifecycle/clew-logs-debug.json',
      'written  stack/loki/loki.yaml',
    ],
  ])
  expect(stdout).toMatch(/\nnext: docker compose up --wait --force-recreate\n$/)
  expect(read('collector-config.yaml')).toContain('max_days: 2, ')
  expect(read('stack/loki/loki.yaml')).toContain(`{ selector: '{level=~"DEBUG|TRACE"}', priority: 5, period: 2d }`)
  expect(read('stack/settings.yaml')).toBe('retention: { debug: 2d }\n')
})

test('LOG_RETENTION_DAYS says how long INFO is kept, and the command says so', async () => {
  const { code, stderr } = await stack([], { LOG_RETENTION_DAYS: '45' })
  expect([code, stderr]).toEqual([0, 'clew: INFO is kept 45d, from LOG_RETENTION_DAYS\n'])
  expect(read('stack/loki/loki.yaml')).toContain('retention_period: 45d')
})

test('with mistakes in the settings nothing is written', async () => {
  await stack()
  const before = read('stack/loki/loki.yaml')
  settle('retention:\n  inffo: 3d\n  debug: soon\n')
  const { code, stderr, stdout } = await stack()
  const file = join(folder, 'stack/settings.yaml')
  expect({ code, stdout, lines: stderr.replaceAll(/\S*stack\/settings\.yaml/g, file).split('\n') }).toEqual({
    code: 1,
    stdout: '',
    lines: [
      `clew: ${file}:2:3 retention.inffo: found an option that clew does not have; allowed: audit, error, warning, info, debug, traces, metrics (did you mean info?)`,
      `clew: ${file}:3:10 retention.debug: found "soon"; allowed: days, weeks or years, such as 30d, 26w or 1y`,
      '',
    ],
  })
  expect(read('stack/loki/loki.yaml')).toBe(before)
})

test('--check writes nothing, names what differs and ends with 1; with 0 when nothing does', async () => {
  expect(await stack(['--check'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('missing     .env.example'),
  })
  expect(files()).toEqual([])
  await stack()
  expect(await stack(['--check'])).toMatchObject({ code: 0, stderr: '' })
  settle('retention: { traces: 9d }')
  write('.env.example', 'mine')
  rmSync(join(folder, 'docker-compose.yml'))
  const { code, stdout } = await stack(['--check'])
  expect([code, stdout.split('\n').toSorted()]).toEqual([
    1,
    ['', 'changed     .env.example', 'missing     docker-compose.yml', 'outdated    collector-config.yaml', 'outdated    stack/tempo/tempo.yaml'], // prettier-ignore
  ])
})
