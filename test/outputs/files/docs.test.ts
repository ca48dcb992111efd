import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../support/until.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PAGE = readFileSync(join(ROOT, 'docs/files.md'), 'utf8')
const PROGRAM = join(ROOT, '.cache/docs-files.ts')
const block = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] as string)
const STRIP_TYPES = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-files-docs-'))
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  writeFileSync(PROGRAM, block('ts').join('\n'))
  expect(run(process.execPath, [...STRIP_TYPES, PROGRAM])).toMatchObject({ status: 0, stderr: '' })
})
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
  rmSync(PROGRAM, { force: true })
})

function run(command: string, args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const env = {
    PATH: process.env['PATH'],
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
  }
  return spawnSync(command, args, { cwd: directory, env, encoding: 'utf8' })
}

/** Whether jq is here; in CI it must be. */
function hasJq(): boolean {
  if (spawnSync('jq', ['--version']).status === 0 || process.env['CI'] === 'true') return true
  console.warn('recipes with jq are left out: apt-get install jq')
  return false
}

describe('the recipes', () => {
  const recipes = block('sh').flatMap((text) => text.trim().split('\n'))
  const FOUND: Readonly<Record<string, string>> = {
    '"level":"ERROR"': 'payment failed',
    PERMISSION_DENIED: 'PERMISSION_DENIED',
    resume_upload: 'resume_upload',
    duration_ms: 'slow import',
    status_code: 'payment failed',
  }

  test.each(recipes)('%s', (recipe) => {
    if (recipe.startsWith('jq') && !hasJq()) return
    const { status, stdout } = run('/bin/sh', ['-c', recipe.replace(/^jq /, 'jq -c ')])
    const [, found = ''] = Object.entries(FOUND).find(([sign]) => recipe.includes(sign)) ?? []
    expect({ status, lines: stdout.trim().split('\n').length }).toEqual({ status: 0, lines: 1 })
    expect(stdout).toContain(found)
    expect(found).not.toBe('')
  })

  test('are those that everybody knows', () => expect(recipes.length).toBeGreaterThan(5))
})

test('tail -f follows a file', async () => {
  const tail = spawn('tail', ['-n', '1', '-f', 'logs/orders.jsonl'], { cwd: directory })
  let seen = ''
  tail.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()))
  try {
    await until('the last line', () => seen.includes('order placed'))
    run(process.execPath, [...STRIP_TYPES, PROGRAM])
    await until('the next line', () => seen.includes('order placed', seen.indexOf('\n')))
    expect(seen.trim().split('\n')).toHaveLength(2)
  } finally {
    tail.kill()
  }
})
