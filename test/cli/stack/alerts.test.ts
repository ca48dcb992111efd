import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { files, folder, read, ruleText, stack, write } from './stack-folder.ts'

describe('alert rules', () => {
  const grafana = 'stack/grafana/provisioning/alerting/clew.yaml'
  test('are written once, and put into Grafana’s form when they change; what is gone is named to Grafana', async () => {
    await stack()
    expect(read('stack/alerts.yaml')).toContain('failed-logins:')
    expect(read(grafana)).toContain('failed-logins')
    const mine = `${ruleText('mine')}notify: { webhook: '\${MY_ALERTS_URL}' }\n`
    write('stack/alerts.yaml', mine)
    expect((await stack()).stdout.match(/^written.*/gm)).toEqual([
      'written  docker-compose.yml',
      'written  .env.example',
      `written  ${grafana}`,
    ])
    const { groups, deleteRules } = parse(read(grafana)) as Provisioned
    expect(groups.flatMap(({ rules }) => rules)).toHaveLength(1)
    expect(deleteRules.length).toBeGreaterThan(3)
    const { services } = parse(read('docker-compose.yml'), { merge: true }) as Compose
    expect(services.grafana.environment).toMatchObject({
      MY_ALERTS_URL: '${MY_ALERTS_URL:?set it in .env, the alert rules name it}',
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
    })
    expect(read('.env.example')).toMatch(/\nMY_ALERTS_URL=\n$/)
    expect(read('stack/alerts.yaml')).toBe(mine)
    expect((await stack()).stdout).toMatch(/^0 written/)
    expect(await stack(['--check'])).toMatchObject({ code: 0 })
  })

  test('a file of Grafana that is no YAML any more is kept like any other that was changed', async () => {
    await stack()
    write(grafana, 'groups: [')
    expect(await stack()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${grafana} was kept: it was changed`),
    })
    expect(await stack(['--force'])).toMatchObject({ code: 0 })
    expect(read(grafana)).toContain('failed-logins')
  })

  test('with mistakes nothing is written', async () => {
    write('mine.yaml', 'rules:\n  x: { sumary: Too much }\n')
    const { code, stdout, stderr } = await stack(['--alerts', join(folder, 'mine.yaml')])
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/mine\.yaml:2:8 rules\.x\.sumary: .*did you mean summary/)]) // prettier-ignore
    expect(files()).toEqual(['mine.yaml'])
  })
})

interface Provisioned {
  readonly groups: readonly { readonly rules: readonly unknown[] }[]
  readonly deleteRules: readonly unknown[]
}

interface Compose {
  readonly services: { readonly grafana: { readonly environment: unknown } }
}
