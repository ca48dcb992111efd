import { describe, expect, inject, test } from 'vitest'
import { logqlOf, promqlOf, readAlerts, type AlertRule } from '../../../src/alerts/index.ts'
import { logCounts, promql, type Sample } from '../support/queries.ts'
import { DEFAULT_ALERTS } from '../../support/default-alerts.ts'

const stack = inject('wholeStack')

interface JsonLine {
  readonly level: string
  readonly event?: string
  readonly user_id?: string
}

describe.skipIf(stack === undefined)('the default alert rules, asked of what the examples did,', () => {
  const { loki = '', prometheus = '', recruiting, settled } = stack ?? {}
  const lines = (recruiting?.lines ?? '').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as JsonLine) // prettier-ignore
  const { rules } = readAlerts(DEFAULT_ALERTS)

  const asked = async (name: string): Promise<readonly Sample[]> => {
    const rule = rules.find((one) => one.name === name) as AlertRule
    if (rule.what === 'average' && 'metric' in rule.of)
      return await promql(prometheus, promqlOf(rule, rule.of), settled)
    // Above nothing, so that each value is seen.
    const all = rule.what === 'share' ? { ...rule, abovePercent: 0 } : { ...rule, above: 0 }
    return await logCounts(loki, logqlOf(all), settled)
  }
  const ofService = (samples: readonly Sample[], service: string): number | undefined =>
    samples.find(({ labels }) => labels['service_name'] === service)?.value

  test('see the share of errors that the service wrote to its own file', async () => {
    const errors = lines.filter(({ level }) => level === 'ERROR' || level === 'CRITICAL').length
    expect(errors).toBeGreaterThan(0)
    expect(lines.length).toBeGreaterThan(20)
    expect(ofService(await asked('error-rate'), 'recruiting') ?? 0).toBeCloseTo((100 * errors) / lines.length, 9)
  })

  test('see the failed logins that the service wrote to its own file', async () => {
    const users = lines.filter(({ event }) => event === 'LOGIN_FAILED').map(({ user_id: user }) => user)
    expect(users.length).toBeGreaterThan(0)
    const seen = (await asked('failed-logins')).map(({ labels, value }) => [labels['user_id'], value])
    expect(Object.fromEntries(seen)).toEqual(
      Object.fromEntries([...new Set(users)].map((user) => [user, users.filter((one) => one === user).length])),
    )
  })

  test('see how long the requests of a service took', async () => {
    const seconds = ofService(await asked('slow-responses'), 'interviews')
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(2)
  })

  // Another test may let a service of its own fail.
  test('see nothing critical in them', async () => {
    const services = (await asked('critical')).map(({ labels }) => labels['service_name'])
    expect(services.filter((name) => name === 'interviews' || name === 'recruiting')).toEqual([])
  })
})
