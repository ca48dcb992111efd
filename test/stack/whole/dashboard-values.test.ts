import { beforeAll, describe, expect, inject, it } from 'vitest'
import { panelQueries, type PlacedQuery } from '../../dashboards/support/dashboards.ts'
import type { Chosen } from '../../dashboards/support/interpolate.ts'
import { rawSamples } from '../support/raw-samples.ts'
import { runQuery, sinceTheExamples, type Found, type Shown } from '../support/run-query.ts'

const stack = inject('wholeStack')
const servers = stack ?? { loki: '', prometheus: '', tempo: '' }
const rounds = stack?.interviews ?? []
const requests = rounds.flatMap((round) => round.requests)
const sockets = rounds.flatMap((round) => round.sockets)

const only = (service: string): Record<string, Chosen> => ({ service: { values: [service], isMulti: true } })
const INTERVIEWS = only('interviews')
const RECRUITING = only('recruiting')

const count = (method: string, route: string, status?: number): number =>
  requests.filter((one) => one.method === method && one.route === route && (status ?? one.status) === one.status).length

describe.skipIf(stack === undefined)('panels show what the load driver did', () => {
  let shown: Shown = { from: 0, to: 0 }
  beforeAll(() => {
    if (stack !== undefined) shown = sinceTheExamples(stack)
  })

  const show = (place: string, chosen = INTERVIEWS): Promise<Found[]> => runQuery(at(place), servers, shown, chosen)
  /** What a query of rates or increases counts, as the counters themselves have it. */
  const counters = (place: string, chosen = INTERVIEWS): Promise<Found[]> =>
    runQuery(counting(at(place)), servers, shown, chosen)

  describe('to the one, in records', () => {
    const totals: readonly (readonly [string, number, Record<string, Chosen>])[] = [
      [
        'logs / Records found / A',
        2 * count('POST', '/sessions/:id/finish', 500),
        { ...INTERVIEWS, ...levels('ERROR') },
      ],
      ['overview / Errors recorded / A', 2 * count('POST', '/sessions/:id/finish', 500), INTERVIEWS],
      ['websocket / Opened / A', sockets.length, INTERVIEWS],
      ['audit / Failed log-ins / A', 6, RECRUITING],
      ['audit / Log-ins / A', 2, RECRUITING],
      // A deletion by a recruiter; a request and a session without a log-in.
      ['audit / Denied / A', 3, RECRUITING],
      ['audit / Suspicious activity / A', 1, RECRUITING],
      ['audit / Operations of administrators / A', 1, RECRUITING],
      // Two interviews that were planned, and one that was deleted.
      ['audit / Data touched / A', 3, RECRUITING],
    ]
    it.each(totals)('%s is %d', async (place, expected, chosen) => {
      expect(expected).toBeGreaterThan(0)
      expect(sum(await show(place, chosen))).toBe(expected)
    })

    it('sessions by how they closed, over all bars', async () => {
      expect(byLabels(await show('websocket / Closed, by how / A'), 'websocket_close_name')).toEqual({
        normal: sockets.filter(({ closeCode }) => closeCode === 1000).length,
      })
    })

    it('calls of the identity provider, over all bars', async () => {
      expect(sum(await show('external / Calls by name of the other service / A'))).toBe(count('POST', '/login'))
    })

    it('each session that was held, one by one', async () => {
      const listed = await show('websocket / Sessions / A')
      const ids = new Set(listed.map(({ labels }) => labels['session_id']))
      expect(ids).toEqual(new Set(sockets.map(({ session }) => session)))
    })

    it('whose password was wrong', async () => {
      const failed = await show('audit / Failed log-ins by user / A', RECRUITING)
      expect(byLabels(failed, 'user_id')).toEqual({ 'u-eve': 5, 'u-ada': 1 })
    })

    it('the top errors, where they were', async () => {
      const failed = count('POST', '/sessions/:id/finish', 500)
      const errors = await show('overview / Top errors / A')
      expect(byLabels(errors, 'scope_name', 'exception_message')).toEqual({
        'api the recording could not be stored': failed,
        'http the recording could not be stored': failed,
      })
    })

    it('beginnings and ends of a process that ended', async () => {
      const marks = byLabels(await show('runtime / Starts and ends / A', RECRUITING), 'event_name')
      expect(marks).toMatchObject({ STARTUP: 1, READY: 1, STOPPED: 1 })
    })
  })

  describe('what is typed into the search', () => {
    const [asked] = requests.filter(
      ({ session, user, status }) => session !== undefined && user !== undefined && status === 202,
    )
    const searches = [
      ['request', 'clew_request_id', asked?.id ?? ''],
      ['session', 'session_id', asked?.session ?? ''],
      ['user', 'user_id', asked?.user ?? ''],
      ['component', 'scope_name', 'transcripts'],
    ] as const
    const records = (chosen: Readonly<Record<string, string>>): Promise<Found[]> =>
      show(
        'logs / Records / A',
        Object.fromEntries(Object.entries(chosen).map(([name, value]) => [name, { values: [value], isMulti: false }])),
      )
    it.each(searches)('%s finds what has it, and nothing else', async (variable, field, whole) => {
      const found = await records({ [variable]: whole })
      expect(found.length).toBeGreaterThan(0)
      expect(found.filter(({ labels }) => labels[field] !== whole)).toEqual([])
    })

    it.each(searches)(
      '%s finds what begins with it where that is chosen, and only there',
      async (variable, field, whole) => {
        const typed = whole.slice(0, -1)
        const exact = await records({ [variable]: typed })
        expect(exact.map(({ labels }) => labels[field])).toEqual([])
        const inside = await records({ [variable]: whole.slice(1), match: '.*' })
        expect(inside.map(({ labels }) => labels[field])).toEqual([])
        const found = await records({ [variable]: typed, match: '.*' })
        expect(found.map(({ labels }) => labels[field])).toContain(whole)
        expect(found.filter(({ labels }) => labels[field]?.startsWith(typed) !== true)).toEqual([])
      },
    )

    it('text finds it in capitals or not, in the stack as well, and means it as it stands', async () => {
      const search = (text: string): Promise<Found[]> =>
        show('logs / Records found / A', { ...INTERVIEWS, text: { values: [text], isMulti: false } })
      const failed = count('POST', '/sessions/:id/finish', 500)
      expect(sum(await search('DISK quota'))).toBe(failed)
      expect(sum(await search('disk.quota'))).toBe(0)
    })
  })

  describe('to the one, in counters', () => {
    it('requests by route', async () => {
      const found = byLabels(await counters('overview / Routes / A'), 'http_request_method', 'http_route')
      const sent = Object.groupBy(requests, ({ method, route }) => `${method} ${route}`)
      const expected = Object.entries(sent).map(([route, ones = []]) => [route, ones.length] as const)
      expect(expected.length).toBeGreaterThan(5)
      // The identity provider answers in the same process, without a route.
      expect(found).toEqual({ ...Object.fromEntries(expected), 'POST ': count('POST', '/login') })
    })

    it('requests by status', async () => {
      const found = byLabels(await counters('overview / Requests by answer / A'), 'http_response_status_code')
      const identity = requests.filter(({ route }) => route === '/login')
      const expected = Object.groupBy([...requests, ...identity], ({ status }) => String(status))
      expect(found).toEqual(
        Object.fromEntries(Object.entries(expected).map(([status, ones = []]) => [status, ones.length])),
      )
    })

    it('failed requests', async () => {
      expect(sum(await counters('overview / Routes / B'))).toBe(count('POST', '/sessions/:id/finish', 500))
    })

    it('WebSocket messages by direction', async () => {
      expect(byLabels(await counters('websocket / Messages / A'), 'network_io_direction')).toEqual({
        receive: sockets.reduce((all, { chunks }) => all + chunks, 0),
        transmit: sockets.reduce((all, { published }) => all + published.length, 0),
      })
    })

    it('Redis commands by name', async () => {
      const reports = count('GET', '/sessions/:id/report', 200)
      expect(byLabels(await counters('redis / Commands / A'), 'db_operation_name')).toEqual({
        SET: count('POST', '/sessions', 201),
        GET: count('GET', '/sessions/:id') + reports,
        XADD: count('POST', '/sessions/:id/answers', 202),
        XRANGE: reports,
      })
    })

    it('calls of others, and those that failed', async () => {
      expect(sum(await counters('external / Hosts / A'))).toBe(count('POST', '/login'))
      expect(sum(await counters('external / Hosts / B'))).toBe(count('POST', '/login', 401))
    })

    it('operations inside of requests', async () => {
      const operations = byLabels(await counters('overview / Slowest operations / B'), 'span_name')
      expect(operations).toMatchObject({
        score_answer: count('POST', '/sessions/:id/answers', 202),
        render_report: count('GET', '/sessions/:id/report', 200),
      })
    })
  })

  // Prometheus knows a counter only from when it first sees it, and adds what may lie between its first and last value and the
  // ends of the time that is shown: up to 1.1 of the usual distance of values at each end. So the bounds come from the values.
  describe('within what Prometheus adds, in increases', () => {
    const increases = [
      ['overview / Routes / A', 'http_server_request_duration_seconds_count'],
      ['redis / Commands / A', 'db_client_operation_duration_seconds_count'],
      ['external / Hosts / A', 'http_client_request_duration_seconds_count'],
    ] as const
    it.each(increases)('%s', async (place, metric) => {
      const { low, high } = await rawSamples(servers.prometheus, `${metric}{job="interviews"}`, shown)
      expect(low).toBeGreaterThan(0)
      const found = sum(await show(place))
      expect(found).toBeGreaterThanOrEqual(low * 0.999_999)
      expect(found).toBeLessThanOrEqual(high * 1.000_001)
    })
  })
})

function at(place: string): PlacedQuery {
  const query = panelQueries.find((one) => one.place === place)
  if (query === undefined) throw new Error(`there is no ${place}`)
  return query
}

/** The query of the same series without rate or increase, now. */
function counting(query: PlacedQuery): PlacedQuery {
  const text = query.text.replaceAll(/(?:rate|increase)\((.+?)\[\$__(?:rate_interval|range)\]\)/g, '$1')
  if (text === query.text) throw new Error(`${query.place} counts nothing`)
  return { ...query, text, isInstant: true }
}

function levels(...values: readonly string[]): Record<string, Chosen> {
  return { level: { values, isMulti: true } }
}

function sum(found: readonly Found[]): number {
  return found.reduce((all, { values }) => all + values.reduce((one, value) => one + value, 0), 0)
}

function byLabels(found: readonly Found[], ...names: readonly string[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const series of found) {
    const key = names.map((name) => series.labels[name] ?? '').join(' ')
    sums[key] = (sums[key] ?? 0) + sum([series])
  }
  return sums
}
