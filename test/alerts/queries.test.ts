import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationText, parseDuration } from '../../src/alerts/duration.ts'
import { labelMatcher, quote } from '../../src/alerts/query-text.ts'
import { logqlOf, promqlOf, readAlerts, type AlertRule } from '../../src/alerts/index.ts'
import { grammarErrors } from '../support/grammar.ts'
import { DEFAULT_ALERTS } from '../support/default-alerts.ts'

/** The one rule of a file with these lines. */
function rule(...lines: readonly string[]): AlertRule {
  const text = ['rules:', '  mine:', '    summary: s', '    within: 5m', ...lines.map((line) => `    ${line}`)]
  return readAlerts(text.join('\n')).rules[0] as AlertRule
}

/** Its query. Throws where the server's grammar can't read it. */
function query(one: AlertRule): string {
  const isMetric = one.what === 'average' && 'metric' in one.of
  const text = isMetric ? promqlOf(one, one.of) : logqlOf(one)
  const errors = grammarErrors(isMetric ? 'promql' : 'logql', text)
  if (errors.length > 0) throw new Error(`${text}: ${errors.join(', ')}`)
  return text
}

const counted = (where: string): string => query(rule('what: count', 'above: 0', `where: ${where}`))

test('the grammar tells what is wrong', () => {
  expect(grammarErrors('logql', 'sum(count_over_time({a="b"}[5m])')).not.toEqual([])
  expect(grammarErrors('promql', 'sum(rate(x[5m])')).not.toEqual([])
})

test('the default rules, in the words of Loki and Prometheus', () => {
  const all = 'sum by (service_name) (count_over_time({service_name=~".+"} [1h]))'
  const rate = (part: string): string =>
    `sum by (service_name) (label_replace(rate(http_server_request_duration_seconds_${part}[5m]), "service_name", "\\x241", "job", "(?:.*/)?(.*)"))`
  expect(readAlerts(DEFAULT_ALERTS).rules.map(query)).toEqual([
    `100 * sum by (service_name) (count_over_time({level=~"ERROR|CRITICAL"} [1h])) / ${all} > 5 and ${all} >= 20`,
    `${rate('sum')} / ${rate('count')}`,
    'sum by (clew_tenant_id, user_id) (count_over_time({channel="audit"} | event_name="LOGIN_FAILED" | user_id=~".+" [15m])) > 10',
    'sum by (service_name) (count_over_time({level="CRITICAL"} [5m])) > 0',
  ])
})

describe('a condition', () => {
  test.each([
    ['{}', '{service_name=~".+"}'],
    ['{ service: shop, level: [WARNING, ERROR] }', '{service_name="shop", level=~"WARNING|ERROR"}'],
    ['{ component: "http.*" }', '{service_name=~".+"} | scope_name=~"(?s)http\\\\..*"'],
    ['{ user: [a, "*"] }', '{service_name=~".+"} | user_id=~".+"'],
    ['{ request: "a\\\\*b" }', '{service_name=~".+"} | clew_request_id="a*b"'],
    ['{ session: "a\\\\\\\\*" }', '{service_name=~".+"} | session_id=~"(?s)a\\\\\\\\.*"'],
    ["{ tenant: 'o\"\\x' }", '{service_name=~".+"} | clew_tenant_id="o\\"\\\\x"'],
    ['{ event: [a.b, "c|d"] }', '{service_name=~".+"} | event_name=~"^(?:a\\\\.b|c\\\\|d)"'],
    ['{ attributes: { http.route: "/x/:id", n: 5 } }', '{service_name=~".+"} | http_route="/x/:id" | n="5"'],
    ["{ text: 'a\"b\\c' }", '{service_name=~".+"} |= "a\\"b\\\\c"'],
    ['{ text: [a.b, "(c)"], user: u }', '{service_name=~".+"} |~ "a\\\\.b|\\\\(c\\\\)" | user_id="u"'],
    ['{ text: "$__range" }', '{service_name=~".+"} |= "\\x24__range"'],
    ['{ user: ["$1", "b"] }', '{service_name=~".+"} | user_id=~"^(?:\\\\x241|b)"'],
    ['{ text: "a\\nb`c" }', '{service_name=~".+"} |= "a\\nb`c"'],
  ])('%s is %s', (where, expected) => {
    expect(counted(where)).toBe(`sum(count_over_time(${expected} [5m])) > 0`)
  })
})

describe('a query', () => {
  test('of a share has the conditions of both', () => {
    const share = rule(
      'what: share',
      'above: 0.1%',
      'where: { level: ERROR }',
      'among: { level: [INFO, ERROR], user: u }',
    )
    expect(query(share)).toBe(
      '100 * sum(count_over_time({level=~"INFO|ERROR", level="ERROR"} | user_id="u" [5m])) / sum(count_over_time({level=~"INFO|ERROR"} | user_id="u" [5m])) > 0.1',
    )
  })

  test('of an average of records takes their numbers only', () => {
    const average = rule(
      'what: average',
      'above: 9',
      'attribute: clew.duration_ms',
      'by: [service, component]',
      'at_least: 3',
    )
    const numbers = '{service_name=~".+"} | clew_duration_ms=~"[-+]?[0-9.]+([eE][-+]?[0-9]+)?"'
    expect(query(average)).toBe(
      `avg_over_time(${numbers} | unwrap clew_duration_ms | __error__="" [5m]) by (service_name, scope_name) > 9 and sum by (service_name, scope_name) (count_over_time(${numbers} [5m])) >= 3`,
    )
  })

  test.each(['-5', '1e-7', '0.5', '1e+21', '100000'])('is right with a limit of %s', (above) => {
    expect(query(rule('what: average', `above: ${above}`, 'attribute: a'))).toMatch(/ > \S+$/)
  })

  test('of an average without groups', () => {
    expect(query(rule('what: average', 'above: 9', 'attribute: a'))).toMatch(/\) by \(\) > 9$/)
  })

  test('of a metric knows its service behind the namespace, and its attributes', () => {
    const average = rule('what: average', 'above: 9', 'metric: messaging.process.duration', 'unit: ms', 'where: { service: [a.b, "c*"], attributes: { error.type: "*" } }', 'by: attributes.http.route', 'at_least: 3') // prettier-ignore
    const selector = '{job=~"(?:.*/)?(?:a\\\\.b|c.*)", error_type=~".+"}[5m]'
    const name = 'messaging_process_duration_milliseconds'
    expect(query(average)).toBe(
      `sum by (http_route) (rate(${name}_sum${selector})) / sum by (http_route) (rate(${name}_count${selector})) and sum by (http_route) (increase(${name}_count${selector})) >= 3`,
    )
  })

  test('of a metric of any service leaves out the series of none', () => {
    const average = rule('what: average', 'above: 9', 'metric: a', 'unit: s', 'where: { service: "*" }')
    expect(query(average)).toContain('(a_seconds_sum{job=~"(?:.*/)?(?:.+)"}[5m])')
  })

  test.each([
    ['1', 'queue_age'],
    ['{message}', 'queue_age'],
    ['By', 'queue_age_bytes'],
  ])('of a metric in %s is called %s', (unit, name) => {
    expect(query(rule('what: average', 'above: 9', 'metric: queue.age', `unit: "${unit}"`))).toContain(`(${name}_sum[5m])`) // prettier-ignore
  })

  test('of a metric whose name has its unit already has it once', () => {
    const average = rule('what: average', 'above: 9', 'metric: age.seconds', 'unit: s')
    expect(query(average)).toContain('(age_seconds_sum[5m])')
  })
})

describe('whatever a value holds', () => {
  const value = fc.string({ unit: 'binary', minLength: 1 })
  const odd = fc.string({ unit: fc.constantFrom(...'"\\`$*{}()|[]^.+?\n#\'%ab'), minLength: 1 })

  test('the query is one that the grammars read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(value, odd), { minLength: 1, maxLength: 3 }),
        fc.oneof(value, odd),
        (users, text) => {
          const user = labelMatcher('user_id', users)
          expect(
            grammarErrors('logql', `sum(count_over_time({a="b", ${user}} |= ${quote(text)} | ${user} [5m]))`),
          ).toEqual([])
          expect(grammarErrors('promql', `sum(rate(x{${user}}[5m]))`)).toEqual([])
          expect(user).not.toContain('$')
        },
      ),
    )
  })

  test('an expression fits the values that it was made of, and no other', () => {
    const plain = odd.map((text) => text.replaceAll(/[\\*]/g, (found) => `\\${found}`))
    fc.assert(
      fc.property(fc.uniqueArray(plain, { minLength: 2, maxLength: 4 }), odd, (patterns, other) => {
        const literal = /^user_id=~(?<text>".*")$/.exec(labelMatcher('user_id', patterns))?.groups?.['text'] ?? ''
        // The escapes that both languages know; JavaScript has no `(?s)` at the beginning, and needs none here.
        const source = JSON.parse(literal.replaceAll('\\x24', '\\u0024')) as string
        const matcher = new RegExp(`^(?:${source})$`)
        const values = patterns.map((pattern) => pattern.replaceAll(/\\(.)/g, '$1'))
        expect(values.filter((one) => !matcher.test(one))).toEqual([])
        expect(matcher.test(other)).toBe(values.includes(other))
      }),
    )
  })
})

test('a time is read as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 * 86_400 }), (seconds) => {
      expect(parseDuration(durationText(seconds * 1000))).toBe(seconds * 1000)
    }),
  )
  expect(['1h', '90s', '5m', '2d'].map((text) => durationText(parseDuration(text) ?? 0))).toEqual(['1h', '90s', '5m', '2d']) // prettier-ignore
  expect(['0s', '5', '1.5h', '-1m', '5M', ''].map(parseDuration)).toEqual(Array.from({ length: 6 }))
})
