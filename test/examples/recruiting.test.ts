import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../support/program.ts'
import { hasRedisServer } from '../support/redis-server.ts'
import { inShort, placeOf, SAID, saidBy } from './recruiting-records.ts'
import { CALENDAR_TOKEN, REDIS_PASSWORD, runRecruiting, type Evidence } from './recruiting-run.ts'
import { parseLines, toldByEntry, toldByLine, toldByRow, type Line, type Told } from './recruiting-told.ts'

const ROOT = join(import.meta.dirname, '../..')
const SERVER = 2

/** The code blocks of a page. */
const blocksOf = (page: string, language: string): string[] =>
  [...readFileSync(join(ROOT, 'docs', page), 'utf8').matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(
    (block) => block[1] as string,
  )

/** Whether jq is here; in CI it must be. */
function hasJq(): boolean {
  if (spawnSync('jq', ['--version']).status === 0 || process.env['CI'] === 'true') return true
  console.warn('recipes with jq are left out: apt-get install jq')
  return false
}

const byUid = <Item>(items: readonly Item[], told: (item: Item) => Told): Record<string, Told> => {
  const found = items.map(told)
  expect(new Set(found.map((item) => item['log.record.uid'])).size).toBe(found.length)
  return Object.fromEntries(found.map((item) => [item['log.record.uid'], item]))
}

describe.runIf(hasRedisServer())('examples/recruiting', () => {
  let evidence: Evidence
  let lines: Line[]
  const isAudit = ({ channel }: Line): boolean => channel === 'audit'
  const file = (name: string): string => evidence.files[name] ?? ''
  const of = (place: string): Line[] => lines.filter((line) => placeOf(line) === place)

  beforeAll(async () => {
    evidence = await runRecruiting({ ENVIRONMENT: 'production' })
    lines = parseLines(evidence.end.stdout)
  })
  afterAll(() => evidence.remove())

  it('answers as it should, and ends on SIGTERM with its connections closed', async () => {
    const { end, visit, invitations } = evidence
    const [held, other] = visit.interviews
    expect(end).toMatchObject({ code: 0, signal: null })
    expect(end.stderr).toMatch(/^clew: made the key of the audit chain, .*\[audit_key\]\n$/)
    expect(Object.values(visit.answers)).toEqual([
      ...Array<string>(6).fill('POST /login 401'),
      'POST /login 200',
      'POST /login 200',
      'POST /resumes 207',
      'POST /interviews 201',
      'POST /interviews 201',
      `DELETE /interviews/${other} 403`,
      `DELETE /interviews/${other} 204`,
      'POST /index 202',
      'GET /interviews 401',
      `POST /interviews/${held}/ranking 200`,
      `POST /interviews/${held}/archive 500`,
    ])
    expect(await visit.closed).toEqual([4401, 1001])
    expect(invitations.map(({ authorization }) => authorization)).toEqual(
      Array<string>(2).fill(`Bearer ${CALENDAR_TOKEN}`),
    )
  })

  it('says what happened, in order, and nothing else', () => {
    expect(saidBy(lines)).toEqual(SAID)
  })

  it('says it in lines that are as the schema has them', () => {
    const schema = JSON.parse(readFileSync(join(ROOT, 'log-record.schema.json'), 'utf8')) as object
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema)
    expect(lines.filter((line) => !validate(line))).toEqual([])
  })

  it('writes each record once into each file where it belongs', () => {
    const written = file('recruiting.jsonl')
    const only = (wanted: (line: Line) => boolean): string =>
      written
        .split(/(?<=\n)/)
        .filter((line) => wanted(JSON.parse(line) as Line))
        .join('')
    expect(written).toBe(evidence.end.stdout)
    expect(Object.keys(evidence.files)).toEqual(['error.log', 'recruiting.jsonl', 'security.log', 'transcripts.jsonl'])
    expect(file('transcripts.jsonl')).toBe(only(({ component }) => component === 'transcripts'))
    expect(file('error.log')).toBe(only(({ level }) => level === 'ERROR'))
    expect(file('security.log')).toBe(only(isAudit))
    for (const name of globSync('logs/*', { cwd: evidence.folder }))
      expect(statSync(join(evidence.folder, name)).mode & 0o777).toBe(0o600)
  })

  it('tells the collector all of it, and the table what is INFO and above, in the same words', () => {
    const said = byUid(lines, toldByLine)
    expect(byUid(evidence.logs, toldByEntry)).toEqual(said)
    const kept = lines.filter((line) => isAudit(line) || line.level !== 'DEBUG')
    expect(byUid(evidence.rows, toldByRow)).toEqual(byUid(kept, toldByLine))
    expect(new Set(evidence.rows.map(({ service }) => service))).toEqual(new Set(['recruiting']))
  })

  it('keeps each audit record in security.log, in the table and at the collector', () => {
    const audited = lines.filter(isAudit).map(({ uid }) => uid)
    expect(audited).toHaveLength(28)
    expect(parseLines(file('security.log')).map(({ uid }) => uid)).toEqual(audited)
    const rows = evidence.rows.filter(({ channel }) => channel === 'audit')
    expect(rows.map(({ uid }) => uid).toSorted()).toEqual(audited.toSorted())
    const arrived = evidence.logs.filter(({ attributes }) => attributes['clew.channel'] === 'audit')
    expect(arrived.map(({ attributes }) => attributes['log.record.uid']).toSorted()).toEqual(audited.toSorted())
  })

  it('says in each audit record from where it was done, and with what', () => {
    const from = (line: Line): unknown => [line['ip_address'], line['user_agent']]
    const web = (place: string): boolean => place === 'refused' || place === 'held'
    const audited = lines.filter(isAudit)
    expect(audited.map(from)).toEqual(audited.map((line) => ['127.0.0.1', web(placeOf(line)) ? 'headset/1' : 'node']))
  })

  it('gives a request one trace, whose spans hold its records and lead on to the calendar', () => {
    const spans = new Map(evidence.spans.map((span) => [span.spanId, span]))
    for (const place of Object.keys(SAID).filter((name) => name !== 'itself')) {
      const traces = new Set(of(place).map((line) => line['trace_id']))
      expect([place, traces.size]).toEqual([place, 1])
      const own = evidence.spans.filter(({ traceId }) => traces.has(traceId))
      const roots = own.filter(({ parentSpanId }) => !spans.has(parentSpanId))
      expect(roots.map(({ kind, parentSpanId }) => [kind, parentSpanId])).toEqual([[SERVER, '']])
    }
    const told = lines.filter((line) => line['trace_id'] !== undefined)
    expect(told.filter((line) => spans.get(line['span_id'] as string)?.traceId !== line['trace_id'])).toEqual([])
    expect(lines.filter((line) => line.event === 'EXTERNAL_API_CALL').map((line) => `00-${String(line['trace_id'])}-${String(line['span_id'])}-01`)).toEqual(evidence.invitations.map(({ traceparent }) => traceparent)) // prettier-ignore
  })

  it('gives everything in a request or session its user, tenant and session, and nothing else', () => {
    const [held, other] = evidence.visit.interviews
    const ids = (place: string): unknown[] => {
      const last = of(place).at(-1)
      return [last?.['user_id'], last?.['tenant_id'], last?.['session_id']]
    }
    const ada = ['u-ada', 'acme']
    const grace = ['u-grace', 'acme']
    const nobody = [undefined, undefined]
    expect(Object.fromEntries(Object.keys(SAID).map((place) => [place, ids(place)]))).toEqual({
      itself: [...nobody, undefined],
      ...Object.fromEntries(['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r15'].map((place) => [place, [...nobody, undefined]])), // prettier-ignore
      r7: [...ada, undefined],
      r8: [...grace, undefined],
      r9: [...ada, undefined],
      r10: [...ada, held],
      r11: [...ada, other],
      r12: [...ada, other],
      r13: [...grace, other],
      r14: [...grace, undefined],
      r16: [...ada, held],
      r17: [...ada, held],
      refused: [...nobody, 's-refused'],
      held: [...ada, held],
    })
    // What is known stays known, and nobody else is in it.
    for (const place of Object.keys(SAID))
      for (const key of ['tenant_id', 'session_id']) {
        const values = of(place).map((line) => line[key])
        const from = values.findIndex((value) => value !== undefined)
        expect(new Set(from === -1 ? [] : values.slice(from)).size).toBeLessThanOrEqual(1)
      }
  })

  it('lets no secret out of the process, wherever one looks', () => {
    const { end, logs, spans, folder, visit } = evidence
    const kept = globSync('**/*', { cwd: folder }).filter((name) => statSync(join(folder, name)).isFile())
    expect(kept).toContain(join('home', 'audit.db'))
    const everything = [
      end.stdout,
      end.stderr,
      JSON.stringify([logs, spans]),
      ...kept.map((name) => readFileSync(join(folder, name), 'latin1')),
    ]
    const secrets = [...visit.secrets, REDIS_PASSWORD, CALENDAR_TOKEN, 'planted']
    expect(secrets.filter((secret) => everything.some((text) => text.includes(secret)))).toEqual([])
    const shown = (line: Line | undefined): unknown => line?.metadata
    expect(shown(of('itself')[1])).toMatchObject({ redis: expect.stringMatching(/^redis:\/\/\[REDACTED\]@127/) as string }) // prettier-ignore
    expect(shown(of('r1')[1])).toEqual({ body: { user: 'u-eve', password: '[REDACTED]' } })
    expect(shown(of('r9')[1])).toMatchObject({ headers: { authorization: '[REDACTED]', host: expect.any(String) as string } }) // prettier-ignore
    expect(of('r17')[2]?.error?.cause?.message).toMatch(/postgres:\/\/\[REDACTED\]@archive\.example:5432\/old$/)
  })

  it('makes a table whose every link holds', async () => {
    const verified = await runProgram('dist/src/cli/main.js', ['verify', '--home', evidence.home], {})
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^${evidence.rows.length} rows in 1 chain: every link holds\n`)) as string }) // prettier-ignore
  })

  it('answers the recipes for files', () => {
    const answers = (blocksOf('files.md', 'sh')[0] ?? '')
      .trim()
      .split('\n')
      .filter((recipe) => !recipe.startsWith('jq') || hasJq())
      .map((recipe) => {
        const command = recipe.replaceAll('shop.jsonl', 'recruiting.jsonl').replace(/^jq/, 'jq -c')
        return parseLines(execFileSync('/bin/sh', ['-c', command], { cwd: evidence.folder, encoding: 'utf8' }))
      })
    const [errors, denied, failed, slow, refused] = answers
    expect(errors?.map((line) => [placeOf(line), line.component])).toEqual([['r5', 'security'], ['r17', 'api'], ['r17', 'http']]) // prettier-ignore
    expect(denied?.map((line) => [placeOf(line), line['user_id'], line['action']])).toEqual([['r12', 'u-ada', 'delete_interview']]) // prettier-ignore
    expect(failed?.map((line) => line.details?.['fileName'])).toEqual(['virus.exe'])
    if (!hasJq()) return
    expect(slow).toEqual(lines.filter((line) => Number(line['duration_ms']) > 1_000))
    expect(slow?.map(inShort)).toEqual(expect.arrayContaining(['WARNING ranking slow operation: rank_candidate', 'WARNING http API_REQUEST'])) // prettier-ignore
    expect(refused?.map((line) => [placeOf(line), line['status_code']])).toEqual([
      ...['r1', 'r2', 'r3', 'r4', 'r5', 'r6'].map((place) => [place, 401]),
      ['r11', 503],
      ['r12', 403],
      ['r15', 401],
      ['r17', 500],
    ])
  })

  it('answers the questions for the table', () => {
    const [held] = evidence.visit.interviews
    const database = new DatabaseSync(join(evidence.home, 'audit.db'), { readOnly: true })
    const [session, recent, errors, denied] = blocksOf('database.md', 'sql').map((query) =>
      database.prepare(query.replace("'s1'", `'${held}'`).replace('2026-01-01', '2020-01-01')).all(),
    )
    database.close()
    const stands = (line: Line): boolean => line['session_id'] === held && line.level !== 'DEBUG'
    expect(session?.map((row) => row['message'])).toEqual(lines.filter(stands).map(({ message }) => message))
    expect(recent?.map((row) => [row['component'], row['error_type']])).toEqual([['http', 'Error'], ['api', 'Error'], ['security', null]]) // prettier-ignore
    expect(errors?.map((row) => row['errors'])).toEqual([1, 1, 1])
    expect(denied).toEqual([{ user_id: 'u-ada', action: 'delete_interview', times: 1 }])
  })
})

describe.runIf(hasRedisServer())('examples/recruiting, for people', () => {
  it('shows each record in a line, errors with their causes below', async () => {
    const evidence = await runRecruiting({ ENVIRONMENT: 'production', LOG_FORMAT: 'human' })
    const { end, files } = evidence
    await evidence.remove()
    const shown = end.stdout.split('\n').filter((line) => /^\d{4}-/.test(line))
    const written = parseLines(files['recruiting.jsonl'] ?? '')
    const beginnings = written.map(({ level, component, message }) => `[${level}] ${component}: ${message}`)
    expect(shown.map((line, index) => line.slice(20, 20 + (beginnings[index]?.length ?? 0)))).toEqual(beginnings)
    expect(saidBy(written)).toEqual(SAID)
    expect(end.stdout).toMatch(/\n {4}Error: the interview could not be archived\n(?: {8}at .*\n)+ {4}Caused by: Error: connect ECONNREFUSED postgres:\/\/\[REDACTED\]@archive/) // prettier-ignore
    expect(end.stdout).not.toContain('planted')
  })
})
