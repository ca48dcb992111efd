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

/** They end at once, or hold one program and no shell: `health` and `health-from-kafka` ask for them. */
const withoutHealthCheck = [
  'volume-owner',
  'collector',
  'tempo',
  'elasticsearch-setup',
  'kafka-topics',
  'collector-from-kafka',
]

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
    expect(compose.services['health-from-kafka']?.healthcheck?.test.join(' ')).toMatch(/collector-from-kafka:13133/)
  })

  it('has no password of its own', () => {
    const environments = services.map(([, service]) => Object.entries(service.environment ?? {}))
    const secrets = environments.flat().filter(([name]) => /PASSWORD|SECRET|TOKEN/.test(name))
    expect(secrets.length).toBeGreaterThan(4)
    // none at all, or one that must be set
    expect(secrets.filter(([, value]) => !/^\$\{[A-Z_]+(:-|:\?.*)\}$/.test(value))).toEqual([])
    expect(compose.services['grafana']?.environment?.['GF_SECURITY_ADMIN_PASSWORD']).toMatch(/^\$\{[A-Z_]+:\?/)
  })

  it('does not start Elasticsearch without its passwords', async () => {
    const [shell = '', ...args] = (compose.services['elasticsearch']?.entrypoint ?? []).map((arg) =>
      arg.replaceAll('$$', '$'),
    )
    const passwords = { ELASTIC_PASSWORD: 'a', KIBANA_SYSTEM_PASSWORD: 'b', CLEW_ELASTICSEARCH_PASSWORD: '' }
    await expect(run(shell, args, { env: passwords })).rejects.toThrow('set CLEW_ELASTICSEARCH_PASSWORD in .env')
    // past that it wants the program of its image
    const env = { ...passwords, CLEW_ELASTICSEARCH_PASSWORD: 'c' }
    await expect(run(shell, args, { env })).rejects.toThrow('/bin/tini')
  })
})

describe.skipIf(findProgram('go') === undefined)('the library of docker compose', { timeout: 600_000 }, () => {
  const load = async (env: Record<string, string>): Promise<Project> => {
    const { stdout } = await run(await composeCheckProgram(), [file], { env, maxBuffer: 1024 * 1024 })
    return JSON.parse(stdout) as Project
  }
  const least = { GRAFANA_ADMIN_PASSWORD: 'planted' }
  const withProfile = (name: string | undefined) =>
    services
      .flatMap(([service, { profiles }]) => (profiles === undefined || profiles[0] === name ? [service] : []))
      .sort()

  it('accepts it with one password, and starts what has no profile', async () => {
    const project = await load(least)
    expect(Object.keys(project.services).sort()).toEqual(withProfile(undefined))
    expect(project.services['collector']?.command).toEqual(['--config=/etc/clew/collector-config.yaml'])
  })

  it('refuses it without', async () => {
    await expect(load({})).rejects.toThrow(/GRAFANA_ADMIN_PASSWORD is missing/)
  })

  it.each(['elasticsearch', 'kafka'])('accepts it with the profile %s', async (profile) => {
    const project = await load({ ...least, COMPOSE_PROFILES: profile })
    expect(withProfile(profile).length).toBeGreaterThan(withProfile(undefined).length)
    expect(Object.keys(project.services).sort()).toEqual(withProfile(profile))
  })

  it('accepts it with all of .env.example switched on, and mounts only what is here', async () => {
    const project = await load({
      ...examples(),
      ...least,
      COMPOSE_PROFILES: 'elasticsearch,kafka',
      GEOIP_DATABASE: '/dev/null',
    })
    expect(Object.keys(project.services).sort()).toEqual(services.map(([name]) => name).sort())
    const mounts = Object.values(project.services).flatMap(({ volumes = [] }) => volumes)
    const paths = mounts.filter(({ type }) => type === 'bind').map(({ source }) => source)
    const names = mounts.filter(({ type }) => type === 'volume').map(({ source }) => source)
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
    expect(new Set(names)).toEqual(new Set(Object.keys(compose.volumes)))
  })

  it('makes arguments of its own of what .env adds for the collector, each a file that is mounted', async () => {
    const added = [...environmentFile().matchAll(/^#?COLLECTOR_FURTHER=(.*)$/gm)].map(([, argument = '']) => argument)
    const project = await load({ ...least, COLLECTOR_FURTHER: added.join(' ') })
    const { command = [], volumes = [] } = project.services['collector'] ?? {}
    expect(command).toEqual(['--config=/etc/clew/collector-config.yaml', ...added])
    const folder = volumes.find(({ target }) => target === '/etc/clew/stack')?.source ?? ''
    const files = added.map((argument) => argument.replace('--config=/etc/clew/stack', folder))
    expect(files.filter((path) => !existsSync(path))).toEqual([])
    expect(files).toHaveLength(3)
  })

  it('knows no variable that .env.example does not tell of', () => {
    const used = [...readFileSync(file, 'utf8').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name]) => name)
    expect([...new Set(used)].filter((name) => name !== undefined && examples()[name] === undefined)).toEqual([])
  })
})

function environmentFile(): string {
  return readFileSync(join(repositoryRoot, '.env.example'), 'utf8')
}

/** All variables of `.env.example`, those behind a `#` too. */
function examples(): Record<string, string> {
  const lines = [...environmentFile().matchAll(/^#?([A-Z_]+)=(.*)$/gm)]
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]))
}

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
  readonly profiles?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly mem_limit: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly healthcheck?: { readonly test: readonly string[] }
}

interface Project {
  readonly services: Readonly<Record<string, LoadedService>>
}

interface LoadedService {
  readonly command?: readonly string[]
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly target: string }[]
}

interface DataSource {
  readonly uid: string
  readonly url: string
  readonly jsonData: Readonly<Record<string, unknown>>
}
