import type { Evidence } from './log-api.ts'
import { type OwnEvidence, ownEvidence } from './own-evidence.ts'
import type { ProofRow } from './proof.ts'
import type { Tally } from './tally.ts'

const COMMANDS = ['SET', 'GET', 'XADD', 'XRANGE']

/** The rows about what the service does inside a request. */
export function workRows(tally: Tally, evidence: Evidence, withRedis: boolean): ProofRow[] {
  const own = ownEvidence(tally, evidence)
  const rows = [...operationRows(tally, own), errorRow(tally, own), ...callRows(tally, own)]
  if (withRedis) rows.push(redisRow(tally, own))
  return rows.map((row) => ({ group: 'work inside', ...row }))
}

type WorkRow = Omit<ProofRow, 'group'>

function operationRows(tally: Tally, { records, spans }: OwnEvidence): WorkRow[] {
  const named = (name: string): number => spans.filter((span) => span.name === name).length
  const slow = records.filter(
    ({ message, level }) => message === 'slow operation: render_report' && level === 'WARNING',
  )
  return [
    {
      name: 'operation score_answer',
      expected: tally.count('POST', '/sessions/:id/answers', 202),
      logs: records.filter(({ component, operation }) => component === 'api' && operation === 'score_answer').length,
      spans: named('score_answer'),
    },
    {
      name: 'slow operation render_report',
      expected: tally.count('GET', '/sessions/:id/report', 200),
      logs: slow.length,
      spans: named('render_report'),
    },
  ]
}

function errorRow(tally: Tally, { records }: OwnEvidence): WorkRow {
  const logs = records.filter(({ level, error }) => level === 'ERROR' && error?.stack?.includes('disk quota exceeded'))
  const expected = tally.count('POST', '/sessions/:id/finish', 500)
  return { name: 'errors with stack and cause', expected, logs: logs.length }
}

/** Each login asks the identity provider, which is told the request's id and the trace. */
function callRows(tally: Tally, { records, spans }: OwnEvidence): WorkRow[] {
  const expected = tally.count('POST', '/login')
  return [
    {
      name: 'calls of the identity provider',
      expected,
      logs: records.filter(({ event }) => event === 'EXTERNAL_API_CALL').length,
      spans: spans.filter(({ kind, scope }) => kind === 'CLIENT' && scope === 'http').length,
    },
    {
      name: 'the same calls, as the provider saw them',
      expected,
      logs: records.filter(({ event, path }) => event === 'API_REQUEST' && path === '/verify').length,
      spans: spans.filter(({ kind, attributes }) => kind === 'SERVER' && attributes['url.path'] === '/verify').length,
    },
  ]
}

/** The service sets a key for a new session, gets it when the session is read, appends to a stream for an answer, and gets and reads both for a report. */
function redisRow(tally: Tally, { spans }: OwnEvidence): WorkRow {
  const expected =
    tally.count('POST', '/sessions', 201) +
    tally.count('GET', '/sessions/:id') +
    tally.count('POST', '/sessions/:id/answers', 202) +
    2 * tally.count('GET', '/sessions/:id/report', 200)
  const commands = spans.filter(
    ({ scope, attributes }) => scope === 'redis' && COMMANDS.includes(String(attributes['db.operation.name'])),
  )
  return { name: `Redis ${COMMANDS.join(', ')}`, expected, spans: commands.length }
}
