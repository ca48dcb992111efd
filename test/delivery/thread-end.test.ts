import { expect, test } from 'vitest'
import { runProgram } from '../support/program.ts'

test('a thread that compresses can be ended at any time, and takes nobody with it', async () => {
  const { stdout, signal } = await runProgram('test/fixtures/ended-threads.mjs', [], {})
  expect({ stdout, signal }).toEqual({ stdout: 'ended 100\n', signal: null })
})
