import { expect, test } from 'vitest'
import { makeCertificates } from '../../support/certificates.ts'
import { runProgram } from '../../support/program.ts'

const FIXTURES = 'test/instrumentations/http/fixtures'

interface Difference {
  readonly plain: unknown
  readonly clew: unknown
}

async function both(file: string, environment: Record<string, string> = {}): Promise<Difference> {
  const [plain, clew] = await Promise.all(
    ['plain', 'clew'].map(async (mode) => {
      const { code, stdout, stderr } = await runProgram(`${FIXTURES}/${file}`, [mode], environment)
      return JSON.stringify({
        code,
        stderr: stderr.replaceAll(/node:\d+/g, 'node:1'),
        told: JSON.parse(stdout || '0') as unknown,
      })
    }),
  )
  return { plain: JSON.parse(plain as string) as unknown, clew: JSON.parse(clew as string) as unknown }
}

/** The one line that is ours, behind the status line. */
const OUR_LINE = /(HTTP\/1\.[01] \d{3} [^\r]*\r\n)x-request-id: [0-9a-f-]{36}\r\n/g
const OUR_FIELD = /x-request-id\|[0-9a-f-]{36}\|/g

function withoutOurs(told: unknown): unknown {
  return JSON.parse(JSON.stringify(told), (_key, value: unknown) =>
    typeof value === 'string' ? value.replace(OUR_LINE, '$1').replace(OUR_FIELD, '') : value,
  )
}

test('servers of http, https and http2 send the same bytes, throw the same errors and show the application the same, but for the request id', async () => {
  const { server } = await makeCertificates()
  const certificate = JSON.stringify({ cert: server.cert, key: server.private })
  const { plain, clew } = await both('unchanged-server.mjs', { CERTIFICATE: certificate })
  expect(withoutOurs(clew)).toEqual(plain)
  expect(JSON.stringify(clew).match(/x-request-id: /g)?.length).toBeGreaterThan(20)
})

/** What a call adds to its headers; each name and value, by turns or in a list. */
const OUR_HEADERS = /,\\*"(traceparent|x-request-id)\\*",\\*"[^"\\]*\\*"/g

test('clients of http and fetch see the same events in the same order and the same errors, and the server the same headers, but for those that tell of the trace', async () => {
  const { plain, clew } = await both('unchanged-client.mjs')
  const text = JSON.stringify(clew)
  expect(JSON.parse(text.replace(OUR_HEADERS, ''))).toEqual(plain)
  expect(text.match(OUR_HEADERS)?.length).toBeGreaterThan(5)
})
