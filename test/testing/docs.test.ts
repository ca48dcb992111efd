import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withContext } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { captureLogs } from '../../src/testing/index.ts'
import '../../src/testing/vitest.ts'
import { runProgram } from '../support/program.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, '.cache/docs-testing')
const page = readFileSync(join(ROOT, 'docs/testing.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] as string)

interface Answer {
  readonly numPassedTests: number
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[]
  }[]
}

beforeAll(() => {
  // What a run that was killed left behind.
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(join(FOLDER, 'node_modules'), { recursive: true })
  symlinkSync(ROOT, join(FOLDER, 'node_modules/clew'))
  // Jest has its functions as globals.
  writeFileSync(join(FOLDER, 'vitest.config.ts'), 'export default { test: { globals: true } }')
})
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

test('the tests on the page of testing pass', async () => {
  const tests = blocks('ts')
  for (const [index, block] of tests.entries()) writeFileSync(join(FOLDER, `block-${index}.test.ts`), block)
  const answerFile = join(FOLDER, 'answer.json')
  const args = ['run', '--root', FOLDER, '--reporter', 'json', '--outputFile', answerFile]
  const { stderr } = await runProgram('node_modules/vitest/vitest.mjs', args, { CLEW_HOME: join(FOLDER, 'home') })
  const { numPassedTests, numTotalTests, testResults } = JSON.parse(readFileSync(answerFile, 'utf8')) as Answer
  const failures = testResults.flatMap(({ message, assertionResults }) => [
    message,
    ...assertionResults.flatMap(({ failureMessages }) => failureMessages),
  ])
  expect([failures.join(''), stderr]).toEqual(['', ''])
  expect(numPassedTests).toBe(numTotalTests)
  expect(testResults).toHaveLength(tests.length)
})

test('the failure on the page of testing is what a failure looks like', () => {
  using captured = captureLogs()
  withContext({ 'user.id': 'u-7' }, () => getLogger('payments').warning('payment refused', { reason: 'expired' }))
  const withoutTime = (text: string): string => text.trim().replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'TIME')
  let message = ''
  try {
    expect(captured).toHaveLogged({ level: 'ERROR', message: 'payment refused' })
  } catch (error) {
    message = (error as Error).message
  }
  expect([message].map(withoutTime)).toEqual(blocks('text').map(withoutTime))
})
