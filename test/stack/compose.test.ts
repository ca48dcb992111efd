import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { composeCheckProgram } from '../../stack/native/compose-check.ts'
import { findProgram } from '../../stack/native/find-program.ts'
import { repositoryRoot } from '../../stack/native/repository.ts'

const run = promisify(execFile)
const file = join(repositoryRoot, 'docker-compose.yml')
const compose = parse(readFileSync(file, 'utf8'), { merge: true }) as Compose
const services = Object.entries(compose.services)

/** They end at once, or hold one program and no shell: the service `health` asks for them. */
const withoutHealthCheck = ['volume-owner', 'collector', 'tempo']

describe('docker-compose.yml', () => {
  it.each(services)('%s: an image of one version, a memory limit, no port open to the network', (_, service) => {
    expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/)
    expect(service.mem_limit).toMatch(/^\d+[mg]$/)
    expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  })

  it('checks the health of every service that lasts', () => {
    const unchecked = services.filter(([, service]) => service.healthcheck === undefined).map(([name]) => name)
    expect(unchecked).toEqual(withoutHealthCheck)
    expect(compose.services['health']?.healthcheck?.test.join(' ')).toMatch(/collector:13133.*tempo:3200/)
  })

  it('mounts only files that are here and volumes that are named', () => {
    const sources = services.flatMap(([, service]) => (service.volumes ?? []).map((mount) => mount.split(':')[0] ?? ''))
    const paths = sources.filter((source) => source.startsWith('.'))
    const names = sources.filter((source) => !source.startsWith('.'))
    expect(paths.filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([])
    expect(new Set(names)).toEqual(new Set(Object.keys(compose.volumes)))
  })

  it('has no password of its own: Grafana’s must be set', () => {
    expect(compose.services['grafana']?.environment?.['GF_SECURITY_ADMIN_PASSWORD']).toMatch(
      /^\$\{GRAFANA_ADMIN_PASSWORD:\?/,
    )
  })

  it.skipIf(findProgram('go') === undefined)(
    'is accepted by the library of docker compose',
    { timeout: 300_000 },
    async () => {
      const check = await composeCheckProgram()

      const accepted = await run(check, [file], { env: { GRAFANA_ADMIN_PASSWORD: 'planted' } })
      expect(accepted.stdout.trim().split('\n')).toEqual(services.map(([name]) => name).sort())
      await expect(run(check, [file], { env: {} })).rejects.toThrow(/GRAFANA_ADMIN_PASSWORD is missing/)
    },
  )
})

describe('Grafana’s data sources', () => {
  const provisioned = parse(
    readFileSync(join(repositoryRoot, 'stack/grafana/provisioning/datasources/datasources.yaml'), 'utf8'),
  ) as { datasources: readonly DataSource[] }
  const source = (uid: string) => provisioned.datasources.find((each) => each.uid === uid)

  it('reach services of the compose file at ports these listen on', () => {
    const hosts = provisioned.datasources.map(({ url }) => new URL(url))
    expect(hosts.map((url) => url.hostname).filter((name) => compose.services[name] === undefined)).toEqual([])
    for (const { hostname, port } of hosts) {
      expect(compose.services[hostname]?.ports).toContain(`127.0.0.1:${port}:${port}`)
    }
  })

  it('link a log to its trace, a trace to its logs, a metric to its trace', () => {
    expect(source('loki')?.jsonData.derivedFields).toMatchObject([{ matcherRegex: 'trace_id', datasourceUid: 'tempo' }])
    expect(source('tempo')?.jsonData.tracesToLogsV2).toMatchObject({ datasourceUid: 'loki', customQuery: true })
    expect(source('prometheus')?.jsonData.exemplarTraceIdDestinations).toMatchObject([
      { name: 'trace_id', datasourceUid: 'tempo' },
    ])
  })
})

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

interface Service {
  readonly image: string
  readonly mem_limit: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly healthcheck?: { readonly test: readonly string[] }
}

interface DataSource {
  readonly uid: string
  readonly url: string
  readonly jsonData: Readonly<Record<string, unknown>>
}
