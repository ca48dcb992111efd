import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../support/program.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = '.cache/docs-outputs'
const page = readFileSync(join(ROOT, 'docs/outputs.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] as string)

beforeAll(() => mkdirSync(join(ROOT, FOLDER), { recursive: true }))
afterAll(() => rmSync(join(ROOT, FOLDER), { recursive: true, force: true }))

/** What the program says on stdout. */
async function linesOf(name: string, program: string, format: string): Promise<string> {
  const file = join(FOLDER, `${name}-${format}.ts`)
  writeFileSync(join(ROOT, file), `import { init } from 'clew'\ninit({ otlp: false })\n${program}`)
  const options = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const { stdout, stderr } = await runProgram(file, [], { LOG_FORMAT: format }, options)
  expect(stderr).toBe('')
  return stdout
}

/** Without what is another each time: times, ids and the frames of stacks. */
function settled(lines: string): string {
  return lines
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/(?<=\buid"?[:=]"?)\w{26}/g, 'UID')
    .replaceAll(/(?<=stack"?[:=])"(?:[^"\\]|\\.)*"/g, 'STACK')
    .replaceAll(/^( {8}at ).*(\n {8}at .*)*/gm, '$1…')
}

describe('the page of lines', () => {
  const [program = ''] = blocks('ts')
  const [human, logfmt] = blocks('text')
  const shown: Readonly<Record<string, string | undefined>> = { human, json: blocks('json')[0], logfmt }

  test.each(['human', 'json', 'logfmt'])('shows the lines that its program says: %s', async (format) => {
    expect(settled(await linesOf('page', program, format))).toBe(settled(shown[format] ?? 'nothing is shown'))
  })
})

const SAID = `
import { getLogger } from 'clew'
const log = getLogger('uploads')
log.info('quick', { duration_ms: 20, 'http.response.status_code': 204 })
log.warning('slow', { duration_ms: 1200.5, 'http.response.status_code': 404 })
log.warning('denied', { 'clew.action': 'resume_upload', 'clew.status': 'DENIED' })
log.event('PERMISSION_DENIED', { 'clew.action': 'delete', 'clew.status': 'DENIED' }, 'WARNING')
log.error('failed', new RangeError('full'), { 'clew.action': 'resume_upload', 'clew.status': 'FAILED', text: '"level":"INFO"' })
log.info('said "level":"ERROR"')
log.error('broken', { 'http.response.status_code': 502 })
`

/** The messages that each command finds, or what else it prints. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  [`grep '"level":"ERROR"' app.jsonl`]: ['failed', 'broken'],
  'grep PERMISSION_DENIED app.jsonl': ['PERMISSION_DENIED'],
  [`grep '"action":"resume_upload"' app.jsonl | grep FAILED`]: ['failed'],
  "jq 'select(.duration_ms > 1000)' app.jsonl": ['slow'],
  "jq 'select(.status_code >= 400)' app.jsonl": ['slow', 'broken'],
  [`jq -r 'select(.level == "ERROR") | .error.type' app.jsonl`]: ['RangeError', 'null'],
  'tail -n 2 app.jsonl | jq -r .message': ['said "level":"ERROR"', 'broken'],
}

/** Without jq its commands are left out, with a line that says how to get it; where CI=true they run, and fail. */
function hasJq(): boolean {
  if (process.env['CI'] === 'true' || spawnSync('jq', ['--version']).status === 0) return true
  console.warn('commands with jq are left out: apt-get install jq')
  return false
}

describe('the commands on the page of lines', () => {
  const commands = (blocks('sh')[0] ?? '').trim().split('\n')
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clew-'))
    writeFileSync(join(folder, 'app.jsonl'), await linesOf('recipes', SAID, 'json'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('are the ones that are tried here', () => {
    expect(commands).toEqual(Object.keys(FOUND))
  })

  const jq = hasJq()
  test.each(commands.filter((command) => jq || !command.includes('jq')))('find what they look for: %s', (command) => {
    const out = execFileSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' })
    const found = out.trim().split(/\n(?=\{|\w)/)
    const messages = found.map((one) => (one.startsWith('{') ? (JSON.parse(one) as { message: string }).message : one))
    expect(messages).toEqual(FOUND[command])
  })
})
