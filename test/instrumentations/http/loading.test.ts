import { describe, expect, test } from 'vitest'
import { runProgram } from '../../support/program.ts'

const FIXTURES = 'test/instrumentations/http/fixtures'

interface Line {
  readonly message: string
  readonly route?: string
  readonly path: string
  readonly trace_id: string
}

describe.each(['shop.mjs', 'shop.cjs'])('in %s', (file) => {
  test.each(['before', 'after'])(
    'that loads its libraries %s clew starts, every request and call is told once',
    async (order) => {
      const { code, stdout, stderr } = await runProgram(`${FIXTURES}/${file}`, [order], {})
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line)
      const of = (path: string): Line[] => lines.filter((line) => line.path === path)
      for (const path of ['/hello/fetch', '/hello/http']) {
        const told = of(path).map(({ message, route }) => `${message} ${route ?? '-'}`)
        expect(told.sort()).toEqual(['external API call -', 'request completed /hello/:name'])
        expect(new Set(of(path).map((line) => line.trace_id)).size).toBe(1)
      }
      expect(lines).toHaveLength(4)
    },
  )
})

/** What a crash shows, without the frames that are not the program's own. */
const visible = (stderr = ''): string[] => stderr.split('\n').filter((line) => !/^\s+at .*(\/dist\/|node:)/.test(line))

test('a handler that throws ends the process as it would without the instrumentation', async () => {
  const [plain, instrumented] = await Promise.all(
    ['plain', 'instrumented'].map((mode) => runProgram(`${FIXTURES}/throw.mjs`, [mode], {})),
  )
  expect(visible(plain?.stderr)).toContain('Error: the handler is broken')
  expect([instrumented?.code, visible(instrumented?.stderr)]).toEqual([plain?.code, visible(plain?.stderr)])
})
