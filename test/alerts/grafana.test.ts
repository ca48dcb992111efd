import * as alerting from '@grafana/grafana-foundation-sdk/alerting'
import type { Dataquery as AnyQuery } from '@grafana/grafana-foundation-sdk/cog'
import * as expr from '@grafana/grafana-foundation-sdk/expr'
import * as loki from '@grafana/grafana-foundation-sdk/loki'
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  grafanaAlerting,
  grafanaRule,
  logqlOf,
  notifyVariables,
  promqlOf,
  readAlerts,
  type AlertRule,
  type GrafanaRule,
} from '../../src/alerts/index.ts'
import { DEFAULT_ALERTS } from '../support/default-alerts.ts'

const { rules } = readAlerts(DEFAULT_ALERTS)

interface Provisioned {
  readonly groups?: readonly { readonly rules: readonly GrafanaRule[] }[]
  readonly contactPoints?: unknown
  readonly deleteRules?: unknown
  readonly deleteContactPoints?: unknown
}

const provisioned = (text: string, replaced?: string): Provisioned =>
  parse(grafanaAlerting(readAlerts(text), replaced)) as Provisioned
const one = (name: string): string => `rules: { ${name}: { summary: s, what: count, above: 1, within: 5m } }\n`

/** The query as Grafana's own builder makes it. */
function builtQuery(rule: AlertRule): alerting.QueryBuilder {
  const range = { from: rule.withinMillis / 1000, to: 0 }
  const query = new alerting.QueryBuilder('A').relativeTimeRange(range)
  if (rule.what === 'average' && 'metric' in rule.of) {
    const model = new prometheus.DataqueryBuilder()
      .refId('A')
      .expr(promqlOf(rule, rule.of))
      .instant()
      .datasource({ type: 'prometheus', uid: 'prometheus' })
      .editorMode(prometheus.QueryEditorMode.Code)
    return query.datasourceUid('prometheus').model(model)
  }
  const model = new loki.DataqueryBuilder()
    .refId('A')
    .expr(logqlOf(rule))
    .queryType(loki.LokiQueryType.Instant)
    .datasource({ type: 'loki', uid: 'loki' })
    .editorMode(loki.QueryEditorMode.Code)
  return query.datasourceUid('loki').queryType('instant').model(model)
}

/** The rule as Grafana's own builder makes it, in the form of a file: what a rule of the API says of its group is said there by the group. */
function built(rule: AlertRule, { annotations }: GrafanaRule): unknown {
  const expressions = { type: '__expr__', uid: '__expr__' }
  const reduce = new expr.TypeReduceBuilder()
    .refId('B')
    .expression('A')
    .reducer('last')
    .settings({ mode: 'dropNN' })
    .datasource(expressions)
  const above = rule.what === 'share' ? rule.abovePercent : rule.above
  const threshold = new expr.TypeThresholdBuilder()
    .refId('C')
    .expression('B')
    .conditions([{ evaluator: { type: 'gt', params: [above] } }])
    .datasource(expressions)
  const made = new alerting.RuleBuilder(rule.name)
    .uid(`clew-${rule.name}`)
    .condition('C')
    .withQuery(builtQuery(rule))
    .withQuery(new alerting.QueryBuilder('B').datasourceUid('__expr__').model(reduce))
    .withQuery(new alerting.QueryBuilder('C').datasourceUid('__expr__').model(threshold))
    .forDuration('0s')
    .noDataState('OK')
    .execErrState('Error')
    .isPaused(false)
    .labels({ severity: rule.severity })
    .annotations({ ...annotations })
    .build()
  const { folderUID: _folder, orgID: _organisation, ruleGroup: _group, ...rest } = made
  return JSON.parse(JSON.stringify(rest))
}

describe('a rule for Grafana', () => {
  test.each(rules.map((rule) => [rule.name, rule] as const))('%s is what its builder makes', (_, rule) => {
    const ours = grafanaRule(rule)
    expect(ours).toEqual(built(rule, ours))
  })

  test('has the shape that its types ask for', () => {
    const notified: GrafanaRule = grafanaRule(rules[0] as AlertRule, 'clew')
    // What only the compiler can tell: a rule of ours is one of theirs.
    const theirs = {
      ...notified,
      data: notified.data.map((query) => ({ ...query, model: query.model as unknown as AnyQuery })),
      notification_settings: { receiver: 'clew', ...notified.notification_settings, group_by: ['alertname'] },
      labels: { ...notified.labels },
      annotations: { ...notified.annotations },
      folderUID: '',
      orgID: 1,
      ruleGroup: 'clew',
    } satisfies alerting.Rule
    expect(theirs.notification_settings.repeat_interval).toBe('1d')
  })

  test('has texts that templates print as they are, and no dollar sign anywhere', () => {
    const text =
      'rules: { a: { summary: "costs {{ $5 }} $$", advice: "a $b", what: count, above: 1, within: 5m, for: 10m, runbook: "https://x/$y", where: { text: "$z" } } }'
    const [rule] = provisioned(text).groups?.[0]?.rules ?? []
    expect(rule).toMatchObject({
      for: '10m',
      annotations: {
        summary: 'costs {{ "{{" }} {{ "\\x24" }}5 }} {{ "\\x24" }}{{ "\\x24" }}',
        runbook_url: 'https://x/{{ "\\x24" }}y',
      },
    })
    expect(JSON.stringify(rule)).not.toContain('$')
  })
})

describe('the file for Grafana', () => {
  test('has valid ids, each once, and titles that are not too long', () => {
    const long = `a${'-b'.repeat(17)}`
    const made = [...rules.map((rule) => grafanaRule(rule)), ...(provisioned(one(long)).groups?.[0]?.rules ?? [])]
    expect(made).toHaveLength(rules.length + 1)
    expect(made.map(({ uid }) => uid).filter((uid) => !/^[a-zA-Z0-9_-]{1,40}$/.test(uid))).toEqual([])
    expect(new Set(made.map(({ uid }) => uid)).size).toBe(made.length)
    expect(made.every(({ title }) => title.length <= 190)).toBe(true)
  })

  test('tells nobody where nobody is named', () => {
    const file = provisioned(DEFAULT_ALERTS)
    expect(Object.keys(file)).toEqual(['apiVersion', 'groups'])
    expect(JSON.stringify(file)).not.toContain('notification_settings')
  })

  test('names who is told by variables of Grafana', () => {
    const text = `${one('a')}notify: { webhook: "\${HOOK}", slack: "\${SLACK}", email: [a@example.com, b@example.com] }`
    const file = provisioned(text)
    expect(notifyVariables(readAlerts(text))).toEqual(['HOOK', 'SLACK'])
    expect(file.contactPoints).toEqual([
      {
        orgId: 1,
        name: 'clew',
        receivers: [
          { uid: 'clew-webhook', type: 'webhook', settings: { url: '${HOOK}' } },
          { uid: 'clew-slack', type: 'slack', settings: { url: '${SLACK}' } },
          { uid: 'clew-email', type: 'email', settings: { addresses: 'a@example.com;b@example.com' } },
        ],
      },
    ])
    expect(file.groups?.[0]?.rules[0]?.notification_settings).toMatchObject({
      receiver: 'clew',
      group_by: ['alertname', 'grafana_folder'],
    })
  })

  test('names as deleted what the file before it had, as long as it is gone', () => {
    const first = grafanaAlerting(readAlerts(`${one('a')}notify: { slack: "\${S}" }`))
    const second = grafanaAlerting(readAlerts(one('b')), first)
    expect(parse(second)).toMatchObject({
      deleteRules: [{ orgId: 1, uid: 'clew-a' }],
      deleteContactPoints: [{ orgId: 1, uid: 'clew-slack' }],
    })
    expect(provisioned(one('c'), second).deleteRules).toEqual([
      { orgId: 1, uid: 'clew-b' },
      { orgId: 1, uid: 'clew-a' },
    ])
    const back = provisioned(`${one('a')}notify: { slack: "\${S}" }`, second)
    expect(back.deleteRules).toEqual([{ orgId: 1, uid: 'clew-b' }])
    expect(back.deleteContactPoints).toBeUndefined()
    expect(provisioned('', first).groups).toBeUndefined()
  })
})
