import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { findProgram } from './find-program.ts'
import type { FoundProgram } from './found-program.ts'
import { freePorts } from './free-ports.ts'
import { findOrBring } from './maven.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** A real Elasticsearch, with security and without TLS, on 127.0.0.1. It has no ILM: see the note in `elasticsearch/pom.xml`. */
export interface Elasticsearch extends ServerProcess {
  readonly url: string
  readonly ports: ElasticsearchPorts
}

/** Ports of one Elasticsearch. */
export interface ElasticsearchPorts {
  readonly http: number
  readonly transport: number
}

/** How to start one. */
export interface ElasticsearchOptions {
  readonly program: string
  /** Where its data goes; kept when it stops. As root, a folder that others may look into: it becomes that of `nobody`. */
  readonly dataDir: string
  /** Of the user `elastic`; 6 characters or more. */
  readonly password: string
  /** Further users, from its files: it keeps none in an index, for want of the module that such an index asks for. */
  readonly users?: readonly { readonly name: string; readonly password: string; readonly role: object }[]
  /** Further lines of elasticsearch.yml. @default none */
  readonly settings?: readonly string[]
  /** @default free ones */
  readonly ports?: ElasticsearchPorts | undefined
}

/** Elasticsearch 8.19: the cache, or Maven Central (107 MB). @throws when Maven fails */
export async function elasticsearchProgram(): Promise<FoundProgram> {
  return await findOrBring({
    name: 'elasticsearch',
    pom: join(import.meta.dirname, 'elasticsearch/pom.xml'),
    goal: 'unpack-dependencies',
    script: 'exec bash "$here"/lib/elasticsearch-*/bin/elasticsearch "$@"',
  })
}

/** Starts it (never as root, which it refuses) and resolves when it takes connections. The caller stops it. @throws with what it printed */
export async function startElasticsearch(options: ElasticsearchOptions): Promise<Elasticsearch> {
  const { program, dataDir } = options
  const [http = 0, transport = 0] = await freePorts(2)
  const ports = options.ports ?? { http, transport }
  const host = `127.0.0.1:${ports.http}`
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(dataDir, 'tmp'),
    ES_JAVA_HOME: javaHome(),
    ES_PATH_CONF: join(dataDir, 'config'),
    ES_TMPDIR: join(dataDir, 'tmp'),
  }
  writeConfiguration(options, ports)
  setPasswords(options, env)
  const asRoot = process.getuid?.() === 0
  if (asRoot) giveToNobody(dataDir)
  const server = await startServer({
    name: 'Elasticsearch',
    program: asRoot ? 'setpriv' : program,
    args: asRoot ? ['--reuid=nobody', '--regid=nogroup', '--clear-groups', program] : [],
    cwd: dataDir,
    env,
    readyUrl: `tcp://${host}`,
    readyTimeoutMillis: 180_000,
  })
  return { ...server, url: `http://${host}`, ports }
}

/**
 * Reads lifecycle policies with Elasticsearch's own parser, whose code is there though the API is not.
 *
 * @returns for each file its name and when it deletes, such as `clew-logs-info 31d`.
 * @throws with what the parser says of a policy that is wrong.
 */
export function readLifecycles(program: string, files: readonly string[]): string[] {
  const home = homeOf(program)
  const source = join(import.meta.dirname, 'elasticsearch/CheckLifecycle.java')
  const path = `${home}/lib/*:${home}/modules/x-pack-core/*`
  const printed = execFileSync('java', ['-cp', path, source, ...files], { stdio: 'pipe' })
  return printed.toString().trim().split('\n')
}

function writeConfiguration(
  { program, dataDir, settings = [] }: ElasticsearchOptions,
  ports: ElasticsearchPorts,
): void {
  const config = join(dataDir, 'config')
  for (const folder of ['config', 'data', 'logs', 'tmp']) mkdirSync(join(dataDir, folder), { recursive: true })
  for (const file of ['log4j2.properties', 'users', 'users_roles', 'roles.yml']) {
    cpSync(join(homeOf(program), 'config', file), join(config, file))
  }
  writeFileSync(join(config, 'jvm.options'), '-Xms256m\n-Xmx256m\n-XX:+UseSerialGC\n-Djava.io.tmpdir=${ES_TMPDIR}\n')
  const lines = [
    'cluster.name: clew-test',
    `path.data: ${join(dataDir, 'data')}`,
    `path.logs: ${join(dataDir, 'logs')}`,
    'network.host: 127.0.0.1',
    `http.port: ${ports.http}`,
    `transport.port: ${ports.transport}`,
    'discovery.type: single-node',
    'xpack.security.enabled: true',
    'xpack.security.http.ssl.enabled: false',
    'cluster.routing.allocation.disk.threshold_enabled: false',
    ...settings,
  ]
  writeFileSync(join(config, 'elasticsearch.yml'), `${lines.join('\n')}\n`)
}

/** Before its first start Elasticsearch has them from files, which are made by tools of its own. */
function setPasswords(options: ElasticsearchOptions, env: Record<string, string>): void {
  const { program, dataDir, password, users = [] } = options
  const tool = (name: string, args: readonly string[], input = ''): void =>
    void execFileSync('bash', [join(homeOf(program), 'bin', name), ...args], { env, input, stdio: 'pipe' })
  tool('elasticsearch-keystore', ['create'])
  tool('elasticsearch-keystore', ['add', '--stdin', 'bootstrap.password'], password)
  const roles = Object.fromEntries(users.map(({ name, role }) => [name, role]))
  writeFileSync(join(dataDir, 'config/roles.yml'), stringify(roles))
  for (const user of users) tool('elasticsearch-users', ['useradd', user.name, '-p', user.password, '-r', user.name])
}

function homeOf(program: string): string {
  const lib = join(dirname(program), 'lib')
  const [home = ''] = readdirSync(lib).filter((name) => name.startsWith('elasticsearch-'))
  return join(lib, home)
}

function giveToNobody(folder: string): void {
  const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'])))
  chownSync(folder, uid, gid)
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    chownSync(join(folder, entry), uid, gid)
}

function javaHome(): string {
  return dirname(dirname(realpathSync(findProgram('java') ?? '/usr/bin/java')))
}
