import type { PlantedRequests } from './alert-metrics.ts'
import { times, type PlantedRecord } from './alert-records.ts'

const ERROR = 17
const CRITICAL = 21

/** A failed login, as `audit.loginFailed` says it. */
const login = (
  user: string | undefined,
  more: Partial<PlantedRecord> = {},
  tenant: string | undefined = 't1',
): PlantedRecord => ({
  service: 'logins',
  minutesAgo: 14,
  severity: 13,
  event: 'LOGIN_FAILED',
  body: 'login failed',
  ...more,
  attributes: {
    'clew.channel': 'audit',
    ...(user === undefined ? undefined : { 'user.id': user }),
    ...(tenant === undefined || tenant === '' ? undefined : { 'clew.tenant.id': tenant }),
    ...more.attributes,
  },
})

/** Records just below and just above what rules allow. */
export const PLANTED_RECORDS: readonly PlantedRecord[] = [
  // 6 of 119 are 5.04 %, 6 of 120 just 5.
  ...times(113, { service: 'rate-above', minutesAgo: 59 }),
  ...times(6, { service: 'rate-above', minutesAgo: 2, severity: ERROR }),
  ...times(114, { service: 'rate-just', minutesAgo: 59 }),
  ...times(6, { service: 'rate-just', minutesAgo: 2, severity: ERROR + 3 }),
  ...times(19, { service: 'rate-few', minutesAgo: 30, severity: ERROR }),
  ...times(20, { service: 'rate-all', minutesAgo: 30, severity: ERROR }),
  ...times(20, { service: 'rate-old', minutesAgo: 10 }),
  ...times(20, { service: 'rate-old', minutesAgo: 61, severity: ERROR }),
  ...times(20, { service: 'rate-new', minutesAgo: 61 }),
  ...times(10, { service: 'rate-new', minutesAgo: 10, severity: ERROR }),

  { service: 'critical-one', minutesAgo: 4.9, severity: CRITICAL + 3 },
  { service: 'critical-old', minutesAgo: 5.1, severity: CRITICAL },
  { service: 'critical-none', minutesAgo: 1, severity: CRITICAL - 1 },

  ...times(11, login('eleven')),
  ...times(10, login('ten')),
  ...times(10, login('ten-and-old')),
  login('ten-and-old', { minutesAgo: 15.1 }),
  ...times(6, login('two-tenants')),
  ...times(6, login('two-tenants', {}, 't2')),
  ...times(6, login('both-services')),
  ...times(6, login('both-services', { service: 'other-logins' })),
  ...times(11, login('no-tenant', {}, '')),
  ...times(20, login(undefined)),
  ...times(20, login('not-audit', { attributes: { 'clew.channel': 'app' } })),
  ...times(20, login('other-event', { event: 'LOGIN_FAILED_TWICE' })),
  ...times(11, login('o"dd\\us{e}r%')),

  { service: 'odd', minutesAgo: 1, body: 'a "b" \\c $__range (d|e)* f\ng' },
  { service: 'odd', minutesAgo: 1, body: 'before a "b" \\c $__range (d|e)* f\ng' },
  { service: 'odd', minutesAgo: 1, body: 'a "b" \\c 1h (d|e)* f\ng' },
  { service: 'odd', minutesAgo: 1, body: 'dddd f' },
  { service: 'text', minutesAgo: 1, body: 'card refused' },
  { service: 'text', minutesAgo: 1, body: 'cost 5.0' },
  { service: 'text', minutesAgo: 1, body: 'failed', attributes: { 'exception.stacktrace': 'Error: refused\n  at x' } },
  { service: 'text', minutesAgo: 1, body: 'Refused' },
  { service: 'text', minutesAgo: 1, body: 'cost 500' },
  { service: 'text', minutesAgo: 1, body: 'refused', attributes: { 'clew.channel': 'audit' } },
  { service: 'patterns', minutesAgo: 1, component: 'orders.write' },
  { service: 'patterns', minutesAgo: 1, component: 'orders.read' },
  { service: 'patterns', minutesAgo: 1, component: 'orders.read' },
  { service: 'patterns', minutesAgo: 1, component: 'ordersXread' },
  { service: 'patterns', minutesAgo: 1, component: 'my.orders.read' },
  { service: 'star', minutesAgo: 1, attributes: { key: 'a*b' } },
  { service: 'star', minutesAgo: 1, attributes: { key: 'axb' } },
  { service: 'alike', minutesAgo: 1, attributes: { key: 'u-1' } },
  { service: 'alike', minutesAgo: 1, attributes: { key: 'u-100' } },
  { service: 'alike', minutesAgo: 1, attributes: { key: 'xu-1' } },
  ...times(2, { service: 'numbers', minutesAgo: 1, attributes: { 'http.response.status_code': 500, 'http.route': '/a', tried: true } }), // prettier-ignore
  {
    service: 'numbers',
    minutesAgo: 1,
    attributes: { 'http.response.status_code': 503, 'http.route': '/a', tried: true },
  },
  {
    service: 'numbers',
    minutesAgo: 1,
    attributes: { 'http.response.status_code': 504, 'http.route': '/a', tried: true },
  },
  {
    service: 'numbers',
    minutesAgo: 1,
    attributes: { 'http.response.status_code': 500, 'http.route': '/a', tried: false },
  },
  ...times(2, { service: 'average-above', minutesAgo: 1, attributes: { 'my.ms': 101 } }),
  ...times(2, { service: 'average-above', minutesAgo: 1, attributes: { 'my.ms': 100 } }),
  { service: 'average-above', minutesAgo: 1, attributes: { 'my.ms': 'no number' } },
  { service: 'average-above', minutesAgo: 1 },
  ...times(4, { service: 'average-just', minutesAgo: 1, attributes: { 'my.ms': 100 } }),
  ...times(3, { service: 'average-few', minutesAgo: 1, attributes: { 'my.ms': 900 } }),
  { service: 'average-few', minutesAgo: 1, attributes: { 'my.ms': 'no number' } },
  { service: 'part', minutesAgo: 1, attributes: { 'my.part': 1e-7 } },
  { service: 'part', minutesAgo: 1, attributes: { 'my.part': 99.9999999 } },
  ...times(600, { service: 'many', minutesAgo: 1 }),
  ...Array.from({ length: 600 }, (_, id) => ({ service: 'crowd', minutesAgo: 1, attributes: { 'my.id': `i${id}` } })),
  { service: 'crowd', minutesAgo: 1, attributes: { 'my.id': 'i7' } },
  { service: 'labels', minutesAgo: 1, attributes: { 'my-odd/Name.x1': 'v' } },
]

const SERVICE = { instance: 'a', from: 30, to: 0, perMinute: 60 }

/** Requests, by series: what happened to it, one after the other. */
export const PLANTED_REQUESTS: readonly (readonly PlantedRequests[])[] = [
  [{ ...SERVICE, job: 'shop/slow', seconds: 2.01 }],
  [{ ...SERVICE, job: 'shop/just', seconds: 2 }],
  // Twice as many at 3 s as at 0.75 s.
  [{ ...SERVICE, job: 'mixed', seconds: 3, route: '/slow' }],
  [{ ...SERVICE, job: 'mixed', instance: 'b', seconds: 0.75, perMinute: 30, route: '/quick' }],
  [
    { ...SERVICE, job: 'was-slow', seconds: 9, to: 6 },
    { ...SERVICE, job: 'was-slow', seconds: 1, from: 6 },
  ],
  [{ ...SERVICE, job: 'idle', seconds: 9, to: 6 }],
]

/** Rules of somebody's own. */
export const OWN_RULES = String.raw`
rules:
  odd-text:
    { summary: s, what: count, above: 1, within: 5m, where: { service: odd, text: "a \"b\" \\c $__range (d|e)* f\ng" } }
  some-text:
    { summary: s, what: count, above: 3, within: 5m, where: { service: text, text: [refused, "5.0"] } }
  patterns:
    { summary: s, what: count, above: 0, within: 5m, by: component, where: { service: pat*, component: 'orders.*' } }
  star:
    { summary: s, what: count, above: 0, within: 5m, where: { service: star, attributes: { key: 'a\*b' } } }
  alike:
    { summary: s, what: count, above: 0, within: 5m, by: attributes.key, where: { service: alike, attributes: { key: [u-1, u-10] } } }
  numbers:
    summary: s
    what: count
    above: 0
    within: 5m
    by: [attributes.http.route, attributes.http.response.status_code]
    where: { attributes: { http.response.status_code: [500, 503], tried: true } }
  server-errors:
    summary: s
    what: share
    above: 59%
    within: 5m
    by: service
    where: { attributes: { http.response.status_code: 500 } }
    among: { attributes: { http.response.status_code: '*' } }
  slow-queries:
    { summary: s, what: average, attribute: my.ms, above: 100, at_least: 4, within: 5m, by: service }
  slow-part:
    { summary: s, what: average, attribute: my.part, above: 49.9, within: 5m }
  many:
    { summary: s, what: count, above: 599, within: 5m, where: { service: many } }
  crowd:
    { summary: s, what: count, above: 1, within: 5m, by: attributes.my.id, where: { service: crowd } }
  crowd-share:
    { summary: s, what: share, above: 99%, at_least: 2, within: 5m, by: attributes.my.id, where: { service: crowd } }
  tiny:
    { summary: s, what: average, attribute: my.part, above: 1e-7, within: 5m }
  odd-label:
    { summary: s, what: count, above: 0, within: 5m, by: attributes.my-odd/Name.x1, where: { service: labels } }
  slow-route:
    summary: s
    what: average
    metric: http.server.request.duration
    unit: s
    above: 2.5
    within: 5m
    by: [service, attributes.http.route]
  slow-shop:
    summary: s
    what: average
    metric: http.server.request.duration
    unit: s
    above: 2
    within: 5m
    at_least: 100
    where: { service: [slow, m*d], attributes: { http.route: ['/slow', '/'] } }
  slow-few:
    summary: s
    what: average
    metric: http.server.request.duration
    unit: s
    above: 2
    within: 5m
    at_least: 320
    where: { service: slow }
`
