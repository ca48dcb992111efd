import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findProgram } from './find-program.ts'
import type { FoundProgram } from './found-program.ts'
import { freePorts } from './free-ports.ts'
import { findOrBring } from './maven.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** A real Elasticsearch, without security, on 127.0.0.1. It has no ILM: see the note in `elasticsearch/pom.xml`. */
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

/** Starts it (never as root, which it refuses) and resolves when it answers. The caller stops it. @throws with what it printed */
export async function startElasticsearch(options: ElasticsearchOptions): Promise<Elasticsearch> {
  const { program, dataDir } = options
  const [http = 0, transport = 0] = await freePorts(2)
  const ports = options.ports ?? { http, transport }
  const url = `http://127.0.0.1:${ports.http}`
  writeConfiguration(options, ports)
  const asRoot = process.getuid?.() === 0
  if (asRoot) giveToNobody(dataDir)
  const server = await startServer({
    name: 'Elasticsearch',
    program: asRoot ? 'setpriv' : program,
    args: asRoot ? ['--reuid=nobody', '--regid=nogroup', '--clear-groups', program] : [],
    cwd: dataDir,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: join(dataDir, 'tmp'),
      ES_JAVA_HOME: javaHome(),
      ES_PATH_CONF: join(dataDir, 'config'),
      ES_TMPDIR: join(dataDir, 'tmp'),
    },
    readyUrl: `${url}/_cluster/health?wait_for_status=yellow`,
    readyTimeoutMillis: 120_000,
  })
  return { ...server, url, ports }
}

function writeConfiguration(
  { program, dataDir, settings = [] }: ElasticsearchOptions,
  ports: ElasticsearchPorts,
): void {
  const config = join(dataDir, 'config')
  for (const folder of ['config', 'data', 'logs', 'tmp']) mkdirSync(join(dataDir, folder), { recursive: true })
  const lib = join(dirname(program), 'lib')
  const [home = ''] = readdirSync(lib).filter((name) => name.startsWith('elasticsearch-'))
  cpSync(join(lib, home, 'config/log4j2.properties'), join(config, 'log4j2.properties'))
  writeFileSync(join(config, 'jvm.options'), '-Xms256m\n-Xmx256m\n-XX:+UseSerialGC\n-Djava.io.tmpdir=${ES_TMPDIR}\n')
  const lines = [
    'cluster.name: clew-test',
    `path.data: ${join(dataDir, 'data')}`,
    `path.logs: ${join(dataDir, 'logs')}`,
    'network.host: 127.0.0.1',
    `http.port: ${ports.http}`,
    `transport.port: ${ports.transport}`,
    'discovery.type: single-node',
    'xpack.security.enabled: false',
    'cluster.routing.allocation.disk.threshold_enabled: false',
    ...settings,
  ]
  writeFileSync(join(config, 'elasticsearch.yml'), `${lines.join('\n')}\n`)
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
