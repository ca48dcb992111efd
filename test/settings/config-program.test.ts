import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const built = (file: string): string => pathToFileURL(join(import.meta.dirname, '../../dist/src', file)).href
const PROGRAM = `import { init, getLogger } from ${JSON.stringify(built('index.js'))}; init({ otlp: false, console: { format: 'json' } }); getLogger('a').info('said'); getLogger('b').debug('quiet')`
const KNOWS_NOTHING = `console.log('runs')`
const OWN = 'server: { port: 1 }\nlogging:\n  level: info\n'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-cwd-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content)

/** Runs a program in the folder. */
async function run(program: string, variables: Record<string, string> = {}, flags: readonly string[] = []) {
  const child = spawn(process.execPath, [...flags, '--input-type=module', '-e', program], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...variables },
    timeout: 100_000,
  })
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ])
  return {
    code,
    stderr,
    said: [...stdout.matchAll(/"message":"(\w+)"|^(runs)$/gm)].map((match) => match[1] ?? match[2]),
  }
}

describe('config.yaml in the working directory', () => {
  test('is read by init(); config.yml too, after it', async () => {
    put('config.yml', 'logging: { level: off }')
    expect(await run(PROGRAM)).toEqual({ code: 0, stderr: '', said: [] })
    put('config.yaml', OWN)
    expect(await run(PROGRAM)).toEqual({ code: 0, stderr: '', said: ['said'] })
    expect((await run(PROGRAM, { LOG_LEVEL: 'debug' })).said).toEqual(['said', 'quiet'])
  })

  test('gives way to another file that CLEW_CONFIG names, and is not read with CLEW_CONFIG=none', async () => {
    put('config.yaml', 'logging: { level: off }')
    put('other.yaml', OWN)
    expect((await run(PROGRAM, { CLEW_CONFIG: 'other.yaml' })).said).toEqual(['said'])
    expect((await run(PROGRAM, { CLEW_CONFIG: 'none' })).said).toEqual(['said', 'quiet'])
    expect((await run(PROGRAM.replace('{ otlp', '{ config: false, otlp'))).said).toEqual(['said', 'quiet'])
  })

  test.each<[string, () => void]>([
    ['has no section logging:', () => put('config.yaml', 'server:\n  logging: { level: off }\n')],
    ['is a template that is no YAML', () => put('config.yaml', '{{- if .logging }}\nx: {{ .y }}\n{{ end }}')],
    ['is binary', () => put('config.yaml', Buffer.from([0, 255, 254, 1, 2]))],
    ['is huge', () => put('config.yaml', `server: {}\n# logging\n${'# more\n'.repeat(50_000)}`)],
    ['is a directory', () => mkdirSync(join(folder, 'config.yaml'))],
    ['is a link to itself', () => symlinkSync('config.yaml', join(folder, 'config.yaml'))],
  ])('is not meant for clew when it %s', async (_, make) => {
    make()
    expect(await run(PROGRAM)).toEqual({ code: 0, stderr: '', said: ['said', 'quiet'] })
  })

  test.each<[string, string | Buffer, string]>([
    ['wrong', 'logging: { level: debg }', 'config.yaml:1:19 logging.level: found "debg"; allowed: TRACE,'],
    [
      'broken',
      'logging:\n\tlevel: info',
      'config.yaml:2:1: found broken YAML (Tabs are not allowed as indentation); allowed: YAML 1.2',
    ],
    [
      'huge',
      `logging:${' '.repeat(262_144)}`,
      'config.yaml: found a file of 262152 bytes; allowed: a YAML file of at most 262144 bytes, in UTF-8; CLEW_CONFIG=none reads none',
    ],
    ['no text', Buffer.from('logging: \xff', 'latin1'), 'config.yaml: found a file that is no text;'],
  ])('that is %s stops init(), and not a program that does not know of clew', async (_, content, mistake) => {
    put('config.yaml', content)
    const asked = await run(PROGRAM)
    expect(asked).toMatchObject({ code: 1, said: [] })
    expect(asked.stderr).toContain(`SettingsError: clew can't start with these settings:\n  ${mistake}`)
    const unasked = await run(KNOWS_NOTHING, { ENVIRONMENT: 'test' }, ['--import', built('register.js')])
    expect(unasked).toMatchObject({ code: 0, said: ['runs'] })
    expect(unasked.stderr).toContain(`clew: ${mistake}`)
    expect(unasked.stderr.split('\n')[0]).toMatch(/; the default is used \[settings_file\]$/)
  })

  test('that CLEW_CONFIG names and that is missing stops init(), and not a program that does not know of clew', async () => {
    const variables = { CLEW_CONFIG: 'missing.yaml', ENVIRONMENT: 'test' }
    const mistake = 'CLEW_CONFIG: found "missing.yaml", a file that can\'t be read (ENOENT); allowed: a YAML file'
    expect((await run(PROGRAM, variables)).stderr).toContain(mistake)
    const unasked = await run(KNOWS_NOTHING, variables, ['--import', built('register.js')])
    expect(unasked).toMatchObject({ code: 0, said: ['runs'] })
    expect(unasked.stderr).toContain(mistake)
  })
})

test('without a file of settings its parser is not loaded', async () => {
  const loaded = `${PROGRAM}; import { createRequire } from 'node:module'; const { cache } = createRequire(${JSON.stringify(built('x.js'))}); console.log(Object.keys(cache).some((file) => file.includes('/yaml/')) ? '"message":"loaded"' : '')`
  expect((await run(loaded)).said).toEqual(['said', 'quiet'])
  put('config.yaml', 'server: {}')
  expect((await run(loaded)).said).toEqual(['said', 'quiet'])
  put('config.yaml', OWN)
  expect((await run(loaded)).said).toEqual(['said', 'loaded'])
})
