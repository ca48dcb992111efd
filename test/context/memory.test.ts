import { expect, test } from 'vitest'
import { runProgram } from '../support/program.ts'

test('contexts are forgotten when their requests, sockets and timers are over', async () => {
  const { code, stdout, stderr } = await runProgram('test/context/fixtures/forgotten.mjs', [], {}, ['--expose-gc'])
  expect({ code, stderr, found: JSON.parse(stdout) as unknown }).toEqual({
    code: 0,
    stderr: '',
    found: { listening: true, bound: true, alive: { requests: 0, sockets: 0, steps: 0, others: 0 } },
  })
})
