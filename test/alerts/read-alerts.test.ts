import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AlertsError, grafanaAlerting, readAlerts } from '../../src/alerts/index.ts'
import { DEFAULT_ALERTS } from '../support/default-alerts.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The mistakes in a file, each as a line. */
function mistakes(text: string): string[] {
  try {
    readAlerts(text)
    return []
  } catch (error) {
    if (!(error instanceof AlertsError)) throw error
    return error.message.split('\n').slice(1).map((line) => line.trim()) // prettier-ignore
  }
}

/** A rule of these lines, beside what every rule must have. */
const rule = (...lines: readonly string[]): string =>
  ['rules:', '  mine:', '    summary: s', '    within: 5m', ...lines.map((line) => `    ${line}`)].join('\n')

describe('the default rules', () => {
  const { rules, notify } = readAlerts(DEFAULT_ALERTS)

  test('are the four that were promised', () => {
    expect(rules).toMatchObject([
      {
        name: 'error-rate',
        what: 'share',
        where: { level: ['ERROR', 'CRITICAL'] },
        among: {},
        by: [{ word: 'service' }],
        abovePercent: 5,
        atLeast: 20,
        withinMillis: 3_600_000,
        forMillis: 0,
      },
      {
        name: 'slow-responses',
        what: 'average',
        of: { metric: 'http.server.request.duration', unit: 's' },
        where: {},
        above: 2,
        atLeast: 1,
        withinMillis: 300_000,
      },
      {
        name: 'failed-logins',
        what: 'count',
        where: { channel: ['audit'], event: ['LOGIN_FAILED'], user: ['*'] },
        by: [{ word: 'tenant' }, { word: 'user' }],
        above: 10,
        withinMillis: 900_000,
      },
      { name: 'critical', what: 'count', severity: 'critical', where: { level: ['CRITICAL'] }, above: 0 },
    ])
    expect(notify).toEqual({ emails: [] })
  })

  test('tell with their example who is told', () => {
    const told = readAlerts(DEFAULT_ALERTS.replaceAll(/^# ?(?=notify:| {2}\w+:)/gm, ''))
    expect(told.notify).toEqual({
      webhookVariable: 'ALERT_WEBHOOK_URL',
      slackVariable: 'ALERT_SLACK_URL',
      emails: ['operations@example.com'],
    })
  })
})

test('Grafana’s form of them is what the code makes (else: node src/cli/main.ts stack --force)', () => {
  const committed = readFileSync(join(ROOT, 'stack/grafana/provisioning/alerting/clew.yaml'), 'utf8')
  expect(committed).toBe(grafanaAlerting(readAlerts(DEFAULT_ALERTS, 'stack/alerts.yaml')))
})

describe('a file of rules', () => {
  test('says everything that can be said', () => {
    const text = rule(
      'what: share',
      'severity: info',
      'advice: look',
      'runbook: https://example.com/x',
      'where: { level: ERROR, text: [refused, "a\\"b"], service: shop-*, attributes: { http.response.status_code: [500, 503], retried: true } }',
      'among: { channel: app }',
      'by: [service, level, attributes.http.route]',
      'above: 0.5 %',
      'at_least: 3',
      'for: 10m',
    )
    expect(readAlerts(text).rules).toEqual([
      {
        name: 'mine',
        what: 'share',
        summary: 's',
        advice: 'look',
        runbook: 'https://example.com/x',
        severity: 'info',
        where: {
          level: ['ERROR'],
          text: ['refused', 'a"b'],
          service: ['shop-*'],
          attributes: { 'http.response.status_code': ['500', '503'], retried: ['true'] },
        },
        among: { channel: ['app'] },
        by: [{ word: 'service' }, { word: 'level' }, { attribute: 'http.route' }],
        abovePercent: 0.5,
        atLeast: 3,
        withinMillis: 300_000,
        forMillis: 600_000,
      },
    ])
  })

  test('may hold no rule at all', () => {
    expect(readAlerts('')).toEqual({ rules: [], notify: { emails: [] } })
    expect(readAlerts('rules:')).toEqual({ rules: [], notify: { emails: [] } })
  })

  test('is refused for a rule that says nothing', () => {
    expect(mistakes('rules:\n  critical:\n')).toEqual(
      ['summary', 'what', 'above', 'within'].map((key) =>
        expect.stringContaining(` rules.critical.${key}: found nothing`),
      ),
    )
  })

  test('leaves a dollar sign as it is', () => {
    const [read] = readAlerts(rule('what: count', 'above: 1', 'where: { text: "${HOME} $5" }')).rules
    expect(read?.where.text).toEqual(['${HOME} $5'])
  })

  test('has all of its mistakes told at once, each with its place', () => {
    const text = [
      'rules:',
      '  Bad_Name: { summary: s, what: count, above: 1, within: 5m }',
      '  typo:',
      '    what: coun',
      '    lvel: ERROR',
      '  empty: { summary: "" }',
      '  none: { above: 1 }',
      'ruls: {}',
    ].join('\n')
    expect(mistakes(text)).toEqual([
      'alerts.yaml:2:13 rules.Bad_Name: found the name "Bad_Name"; allowed: lower case letters, digits and hyphens between, 35 at most',
      'alerts.yaml:4:5 rules.typo.summary: found nothing; allowed: a text',
      'alerts.yaml:4:5 rules.typo.above: found nothing; allowed: a number; for a share a text such as 5%',
      'alerts.yaml:4:5 rules.typo.within: found nothing; allowed: a time such as 5m',
      'alerts.yaml:4:11 rules.typo.what: found "coun"; allowed: count, share or average (did you mean "count"?)',
      'alerts.yaml:5:5 rules.typo.lvel: found an option that clew does not have; allowed: the options in docs/alerts.md',
      'alerts.yaml:6:10 rules.empty.what: found nothing; allowed: count, share or average',
      'alerts.yaml:6:10 rules.empty.above: found nothing; allowed: a number; for a share a text such as 5%',
      'alerts.yaml:6:10 rules.empty.within: found nothing; allowed: a time such as 5m',
      'alerts.yaml:6:21 rules.empty.summary: found ""; allowed: a text',
      'alerts.yaml:7:9 rules.none.summary: found nothing; allowed: a text',
      'alerts.yaml:7:9 rules.none.what: found nothing; allowed: count, share or average',
      'alerts.yaml:7:9 rules.none.within: found nothing; allowed: a time such as 5m',
      'alerts.yaml:8:1 ruls: found an option that clew does not have; allowed: rules, notify (did you mean rules?)',
    ])
  })

  test('that is broken is told where', () => {
    expect(mistakes('rules: {\n')).toEqual([expect.stringMatching(/^alerts\.yaml:\d+:\d+: found broken YAML/)])
    expect(mistakes('[]')).toEqual([expect.stringContaining('a list; allowed: an object with rules')])
    expect(mistakes('rules: 5')).toEqual([expect.stringContaining('rules: found 5; allowed: rules by name')])
  })

  test.each([
    ['a count of no whole number', ['what: count', 'above: 1.5'], 'above: found 1.5; allowed: a whole number'],
    ['a count below nothing', ['what: count', 'above: -1'], 'above: found -1;'],
    ['a count in percent', ['what: count', 'above: 5%'], 'above: found "5%";'],
    ['a count with a least', ['what: count', 'above: 5', 'at_least: 2'], 'at_least: found it in a rule of count'],
    ['a count among', ['what: count', 'above: 5', 'among: {}'], 'among: found it in a rule of count'],
    ['a share of nothing', ['what: share', 'above: 5%'], 'where: found nothing'],
    ['a share in no percent', ['what: share', 'where: {}', 'above: 0.05'], 'above: found 0.05; allowed: percent'],
    ['a share of all', ['what: share', 'where: {}', 'above: 100%'], 'above: found "100%";'],
    ['a least of half', ['what: share', 'where: {}', 'above: 5%', 'at_least: 1.5'], 'at_least: found 1.5'],
    ['an average of nothing', ['what: average', 'above: 5'], 'attribute: found nothing; allowed: either'],
    [
      'an average of both',
      ['what: average', 'above: 5', 'attribute: a', 'metric: b', 'unit: s'],
      'metric: found it beside',
    ],
    ['a metric without a unit', ['what: average', 'above: 5', 'metric: b'], 'unit: found nothing; allowed: 1, ms, s'],
    ['an unknown unit', ['what: average', 'above: 5', 'metric: b', 'unit: furlong'], 'unit: found "furlong"'],
    [
      'a unit without a metric',
      ['what: average', 'above: 5', 'attribute: b', 'unit: s'],
      'unit: found it without a metric',
    ],
    [
      'a metric of a user',
      ['what: average', 'above: 5', 'metric: b', 'unit: s', 'where: { user: u }'],
      'where.user: found it in a rule of a metric',
    ],
    [
      'a metric by user',
      ['what: average', 'above: 5', 'metric: b', 'unit: s', 'by: user'],
      'by: found "user" in a rule of a metric',
    ],
    ['an endless average', ['what: average', 'above: .inf', 'attribute: b'], 'above: found'],
    ['too short a time', ['what: count', 'above: 1', 'for: 0s'], 'for: found "0s"'],
    [
      'an unknown group',
      ['what: count', 'above: 1', 'by: usr'],
      'by: found "usr"; allowed: service, namespace, environment, channel, component, event, user, tenant, session, request, level or attributes.<name> (did you mean "user"?)',
    ],
    ['a group twice', ['what: count', 'above: 1', 'by: [user, user]'], 'by.1: found "user" again'],
    [
      'an attribute that has no label',
      ['what: count', 'above: 1', 'where: { attributes: { a..b: 1 } }'],
      'where.attributes.a..b: found the name "a..b"',
    ],
    [
      "an attribute that has a record part's label",
      ['what: count', 'above: 1', 'by: attributes.scope.name'],
      'by: found "attributes.scope.name"',
    ],
    [
      'a number that is no longer what was written',
      ['what: count', 'above: 1', 'where: { user: 12345678901234567890 }'],
      'where.user: found',
    ],
    [
      'a channel that there is none of',
      ['what: count', 'above: 1', 'where: { channel: audt }'],
      'where.channel: found "audt"',
    ],
    ['a level in small letters', ['what: count', 'above: 1', 'where: { level: error }'], '(did you mean "ERROR"?)'],
  ])('is refused for %s', (_, lines, message) => {
    const found = mistakes(rule(...lines))
    expect(found).toEqual([expect.stringContaining(message)])
    expect(found[0]).toMatch(/^alerts\.yaml:\d+:\d+ rules\.mine\./)
  })

  test('is refused for a window that is too short or too long', () => {
    const text = (within: string): string => `rules: { a: { summary: s, what: count, above: 1, within: ${within} } }`
    expect(mistakes(text('59s'))).toEqual([expect.stringContaining('within: found 59s; allowed: 1m to 7d')])
    expect(mistakes(text('8d'))).toEqual([expect.stringContaining('within: found 8d; allowed: 1m to 7d')])
    expect([...mistakes(text('60s')), ...mistakes(text('7d'))]).toEqual([])
  })

  test('holds no secret: a URL is that of a variable, and is not shown', () => {
    const found = mistakes('notify: { slack: https://hooks.slack.com/services/T0/B0/secretsecret }')
    expect(found).toEqual([expect.stringContaining('notify.slack: found')])
    expect(found[0]).toContain('a variable such as ${ALERT_URL}')
    expect(found[0]).not.toContain('secretsecret')
  })
})
