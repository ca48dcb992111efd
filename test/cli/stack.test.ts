import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { chmod } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runProgram, type ProgramEnd } from '../support/program.ts'
import { canMount, mountSmall, NOT_ROOT } from '../support/small-disk.ts'

const MAIN = 'dist/src/cli/main.js'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'clew-stack-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const stack = (args: readonly string[] = [], variables: Record<string, string> = {}): Promise<ProgramEnd> =>
  runProgram(MAIN, ['stack', '--out', folder, ...args], variables)
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
const settle = (text: string): void => write('stack/settings.yaml', text)
const files = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted()

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

describe.each([
  { option: '--settings', own: 'stack/settings.yaml', text: 'retention: { traces: 3d }\n', other: 'retention: { traces: 4d }\n', file: 'stack/tempo/tempo.yaml', has: ['block_retention: 72h', 'block_retention: 96h'] }, // prettier-ignore
  { option: '--alerts', own: 'stack/alerts.yaml', text: ruleText('mine'), other: ruleText('others'), file: 'stack/grafana/provisioning/alerting/clew.yaml', has: ['title: mine', 'title: others'] }, // prettier-ignore
])('a file given by $option', ({ option, own, text, other, file, has }) => {
  let mine: string
  beforeEach(() => {
    mine = join(folder, 'mine.yaml')
    write('mine.yaml', text)
  })

  test('is copied into the folder, so that the next time it holds without the option', async () => {
    const { code, stdout } = await stack([option, mine])
    expect([code, stdout]).toEqual([0, expect.stringContaining(`written  ${own}, a copy of ${mine}\n`)])
    expect([read(own), read(file)]).toEqual([text, expect.stringContaining(has[0] as string)])
    expect((await stack()).stdout).toMatch(/^0 written/)
    expect(read(file)).toContain(has[0])
  })

  test('wins over the folder’s, which stays; the command says so where they differ', async () => {
    await stack([option, mine])
    expect(await stack([option, mine])).toMatchObject({ code: 0, stderr: '' })
    write('mine.yaml', other)
    const said = `clew: ${mine} was used, and ${own} in the folder, which differs, was not: without ${option} it will be\n`
    expect(await stack([option, mine])).toMatchObject({ code: 0, stderr: said })
    expect([read(own), read(file)]).toEqual([text, expect.stringContaining(has[1] as string)])
    expect(await stack([option, mine, '--check'])).toMatchObject({ code: 0, stderr: said })
    expect(await stack(['--check'])).toMatchObject({ code: 1 })
  })

  test('and is gone: the defaults don’t take its place, until it is named again', async () => {
    await stack([option, mine])
    rmSync(join(folder, own))
    const { code, stdout, stderr } = await stack()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(new RegExp(`^clew: ${own} is gone: put it back, or name a file with ${option} \\(the defaults: ${own}\\)\nclew: nothing was written\n$`)) // prettier-ignore
    expect(read(file)).toContain(has[0])
    expect(await stack(['--check'])).toMatchObject({ code: 1, stdout: `missing     ${own}\n` })
    expect(await stack([option, mine, '--check'])).toMatchObject({ code: 1, stdout: `missing     ${own}\n` })
    expect(await stack([option, mine])).toMatchObject({ code: 0 })
    expect(await stack(['--check'])).toMatchObject({ code: 0 })
  })
})

test.each([
  ['--settings', 'there is none (ENOENT)'],
  ['--alerts', 'there is none (ENOENT)'],
])('a file named by %s that is not there is an error', async (option, reason) => {
  const { code, stderr } = await stack([option, join(folder, 'none.yaml')])
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^clew: can't read .*none\.yaml: /)])
  expect(stderr).toContain(`${reason}; nothing was written\n`)
  expect(files()).toEqual([])
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

describe('alert rules', () => {
  const grafana = 'stack/grafana/provisioning/alerting/clew.yaml'
  test('are written once, and put into Grafana’s form when they change; what is gone is named to Grafana', async () => {
    await stack()
    expect(read('stack/alerts.yaml')).toContain('failed-logins:')
    expect(read(grafana)).toContain('failed-logins')
    const mine = `${ruleText('mine')}notify: { webhook: '\${MY_ALERTS_URL}' }\n`
    write('stack/alerts.yaml', mine)
    expect((await stack()).stdout.match(/^written.*/gm)).toEqual([
      'written  docker-compose.yml',
      'written  .env.example',
      `written  ${grafana}`,
    ])
    const { groups, deleteRules } = parse(read(grafana)) as Provisioned
    expect(groups.flatMap(({ rules }) => rules)).toHaveLength(1)
    expect(deleteRules.length).toBeGreaterThan(3)
    const { services } = parse(read('docker-compose.yml'), { merge: true }) as Compose
    expect(services.grafana.environment).toMatchObject({
      MY_ALERTS_URL: '${MY_ALERTS_URL:?set it in .env, the alert rules name it}',
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
    })
    expect(read('.env.example')).toMatch(/\nMY_ALERTS_URL=\n$/)
    expect(read('stack/alerts.yaml')).toBe(mine)
    expect((await stack()).stdout).toMatch(/^0 written/)
    expect(await stack(['--check'])).toMatchObject({ code: 0 })
  })

  test('a file of Grafana that is no YAML any more is kept like any other that was changed', async () => {
    await stack()
    write(grafana, 'groups: [')
    expect(await stack()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${grafana} was kept: it was changed`),
    })
    expect(await stack(['--force'])).toMatchObject({ code: 0 })
    expect(read(grafana)).toContain('failed-logins')
  })

  test('with mistakes nothing is written', async () => {
    write('mine.yaml', 'rules:\n  x: { sumary: Too much }\n')
    const { code, stdout, stderr } = await stack(['--alerts', join(folder, 'mine.yaml')])
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/mine\.yaml:2:8 rules\.x\.sumary: .*did you mean summary/)]) // prettier-ignore
    expect(files()).toEqual(['mine.yaml'])
  })
})

describe('a file that was changed by hand', () => {
  beforeEach(async () => {
    await stack()
    const lines = read('docker-compose.yml').split('\n')
    lines.splice(4, 0, '# the password is swordfish')
    write('docker-compose.yml', lines.join('\n'))
  })

  test('is kept and named, with the place of the change and nothing of what stands there; the others are written', async () => {
    settle('retention: { metrics: 99d, traces: 98d }')
    const { code, stdout, stderr } = await stack()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^clew: docker-compose\.yml was kept: it was changed by hand, between lines 5 and \d+\n/)
    expect(stderr).toContain('--force replaces them')
    expect(stdout + stderr).not.toContain('swordfish')
    expect(read('docker-compose.yml')).toContain('swordfish')
    expect(read('stack/tempo/tempo.yaml')).toContain(`block_retention: ${98 * 24}h`)
  })

  test('is still known as such the next time', async () => {
    await stack()
    expect(await stack()).toMatchObject({ code: 1, stderr: expect.stringContaining('docker-compose.yml was kept') })
    expect(read('docker-compose.yml')).toContain('swordfish')
  })

  test('is replaced with --force', async () => {
    expect(await stack(['--force'])).toMatchObject({ code: 0, stderr: '' })
    expect(read('docker-compose.yml')).not.toContain('swordfish')
    expect(await stack(['--check'])).toMatchObject({ code: 0 })
  })
})

test('a folder with a file of somebody else is not written to at all', async () => {
  write('docker-compose.yml', 'services: {}\n')
  const { code, stderr } = await stack()
  expect(code).toBe(1)
  expect(stderr).toContain(`${join(folder, 'docker-compose.yml')} is there already, and is not from clew stack`)
  expect(files()).toEqual(['docker-compose.yml'])
  expect(await stack(['--force'])).toMatchObject({ code: 0 })
  expect(read('docker-compose.yml')).toContain('otel/opentelemetry-collector-contrib')
})

describe('what an earlier version wrote, and is not needed any more', () => {
  /** Puts a file there that the manifest has, as it was written. */
  function leave(file: string, text: string, writtenAs = text): void {
    const manifest = JSON.parse(read('stack/.written-by-clew.json')) as { files: Record<string, string> }
    writeFileSync(join(folder, file), text)
    manifest.files[file] = createHash('sha256').update(writtenAs).digest('hex')
    write('stack/.written-by-clew.json', JSON.stringify(manifest))
  }

  test('is removed', async () => {
    await stack()
    leave('stack/old.yaml', 'old')
    expect(await stack(['--check'])).toMatchObject({ code: 1, stdout: 'not needed  stack/old.yaml\n' })
    expect(await stack()).toMatchObject({ code: 0, stdout: expect.stringContaining('removed  stack/old.yaml\n') })
    expect(existsSync(join(folder, 'stack/old.yaml'))).toBe(false)
  })

  test('is kept when it was changed, and named each time until it is gone', async () => {
    await stack()
    leave('stack/mine.yaml', 'changed since', 'old')
    for (const args of [[], ['--force'], []])
      expect(await stack(args)).toMatchObject({
        code: 1,
        stderr: 'clew: stack/mine.yaml was kept: it is not needed any more, but is not as it was written; remove it, or move it away\n', // prettier-ignore
      })
    expect(await stack(['--check'])).toMatchObject({ code: 1, stdout: 'not needed  stack/mine.yaml\n' })
    expect(read('stack/mine.yaml')).toBe('changed since')
    rmSync(join(folder, 'stack/mine.yaml'))
    expect(await stack()).toMatchObject({ code: 0, stderr: '' })
  })

  test('is none of clew’s where clew stack writes nothing: outside the folder, and what is the user’s', async () => {
    await stack()
    const outside = mkdtempSync(join(tmpdir(), 'clew-outside-'))
    try {
      const text = '# old\n'
      symlinkSync(outside, join(folder, 'stack/link'))
      const files = [relative(folder, join(outside, 'up')), `stack/../${relative(folder, join(outside, 'through'))}`, 'notes.txt', 'stack/settings.yaml', 'stack/link/linked'] // prettier-ignore
      for (const file of files) leave(file, text)
      const { stdout, stderr } = await stack()
      expect(stdout).not.toContain('removed')
      expect(stderr).toContain('stack/link/linked was kept')
      expect(readdirSync(outside).toSorted()).toEqual(['linked', 'through', 'up'])
      expect([read('notes.txt'), read('stack/settings.yaml')]).toEqual([text, text])
    } finally {
      rmSync(outside, { recursive: true })
    }
  })
})

describe('links and modes of the user', () => {
  test('a link stays, and what it leads to is written', async () => {
    await stack()
    const elsewhere = join(folder, 'elsewhere.yaml')
    writeFileSync(elsewhere, read('collector-config.yaml'))
    rmSync(join(folder, 'collector-config.yaml'))
    symlinkSync('elsewhere.yaml', join(folder, 'collector-config.yaml'))
    settle('retention: { debug: 2d }\n')
    expect(await stack()).toMatchObject({ code: 0, stderr: '' })
    expect(lstatSync(join(folder, 'collector-config.yaml')).isSymbolicLink()).toBe(true)
    expect(readFileSync(elsewhere, 'utf8')).toContain('max_days: 2, ')
  })

  test('a link to what is not there is something of the user’s', async () => {
    symlinkSync('nowhere', join(folder, '.env.example'))
    expect(await stack()).toMatchObject({ code: 1, stderr: expect.stringContaining('.env.example is there already') })
    expect(files()).toEqual([])
    expect(await stack(['--force'])).toMatchObject({ code: 0 })
    expect(await stack(['--check'])).toMatchObject({ code: 0 })
  })

  test.each([0o600, 0o666])('a file keeps its mode %o', async (mode) => {
    await stack()
    chmodSync(join(folder, 'stack/loki/loki.yaml'), mode)
    settle('retention: { debug: 2d }\n')
    expect((await stack()).stdout).toContain('written  stack/loki/loki.yaml')
    expect(statSync(join(folder, 'stack/loki/loki.yaml')).mode & 0o777).toBe(mode)
  })
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

describe('where it can’t write', () => {
  test('a file in the place of a folder: it says so, and the folder is as it was', async () => {
    write('stack', 'a file')
    const { code, stderr } = await stack()
    expect([code, stderr]).toEqual([1, expect.stringMatching(/a file stands where a folder has to be .*; nothing was written\n$/)]) // prettier-ignore
    expect(files()).toEqual(['stack'])
  })

  test('a folder in the place of a file', async () => {
    mkdirSync(join(folder, 'docker-compose.yml'))
    const { code, stderr } = await stack(['--force'])
    expect([code, stderr]).toEqual([1, `clew: can't read ${join(folder, 'docker-compose.yml')}: it is a folder (EISDIR); nothing was written\n`]) // prettier-ignore
    expect(files()).toEqual([])
  })

  test('no right to: it says so', async () => {
    await chmod(folder, 0o555)
    const end = asNobody(['stack', '--out', folder])
    expect([end.status, end.stderr]).toEqual([1, expect.stringMatching(/^clew: can't .*: no permission \(EACCES\); nothing was written\n$/)]) // prettier-ignore
    expect(files()).toEqual([])
  })

  test('a failure when some files are in their places already: it does not say that nothing was written', async () => {
    chmodSync(folder, 0o777)
    expect(asNobody(['stack', '--out', folder]).status).toBe(0)
    const manifest = JSON.parse(read('stack/.written-by-clew.json')) as { files: Record<string, string> }
    manifest.files['stack/old/file'] = manifest.files['.env.example'] as string
    write('stack/.written-by-clew.json', JSON.stringify(manifest))
    mkdirSync(join(folder, 'stack/old'))
    write('stack/old/file', read('.env.example'))
    chmodSync(join(folder, 'stack/old'), 0o555)
    settle('retention: { traces: 9d }')
    const { status, stderr } = asNobody(['stack', '--out', folder])
    expect([status, stderr]).toEqual([1, `clew: can't remove ${join(folder, 'stack/old/file')}: no permission (EACCES); other files were written already: when this one can be, say clew stack again\n`]) // prettier-ignore
    expect(read('stack/tempo/tempo.yaml')).toContain('block_retention: 216h')
    expect(files().filter((file) => file.endsWith('.tmp'))).toEqual([])
    chmodSync(join(folder, 'stack/old'), 0o777)
    expect(asNobody(['stack', '--out', folder])).toMatchObject({ status: 0, stderr: '' })
    expect(existsSync(join(folder, 'stack/old/file'))).toBe(false)
  })

  test.skipIf(!canMount())('a disk that gets full: all files are as they were', async ({ onTestFinished }) => {
    const disk = mountSmall({ onTestFinished })
    rmSync(folder, { recursive: true })
    folder = join(disk, 'stack-folder')
    await stack()
    const before = files().map((file) => [file, read(file)])
    settle('retention: { traces: 9d }')
    fill(disk)
    const { code, stderr } = await stack()
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^clew: can't write .*: no space left on the disk \(ENOSPC\); nothing was written\n$/)]) // prettier-ignore
    const after = files().map((file) => [file, file === 'stack/settings.yaml' ? before.find(([one]) => one === file)?.[1] : read(file)]) // prettier-ignore
    expect(after).toEqual(before)
  })
})

function ruleText(name: string): string {
  return `rules:\n  ${name}: { summary: Too much, what: count, where: { level: ERROR }, above: 3, within: 5m }\n`
}

/** Rights don't bind root, whose place another user takes. */
function asNobody(args: readonly string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, '../..', MAIN), ...args], {
    ...NOT_ROOT,
    encoding: 'utf8',
    cwd: '/',
  })
}

function fill(disk: string): void {
  for (const bytes of [65_536, 4_096, 1]) {
    try {
      for (let number = 0; number < 100; number++) writeFileSync(join(disk, `fill-${bytes}-${number}`), Buffer.alloc(bytes)) // prettier-ignore
    } catch {
      // It is full for files of this size.
    }
  }
}

interface Provisioned {
  readonly groups: readonly { readonly rules: readonly unknown[] }[]
  readonly deleteRules: readonly unknown[]
}

interface Compose {
  readonly services: { readonly grafana: { readonly environment: unknown } }
}
