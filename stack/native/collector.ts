import { join } from 'node:path'
import { freePorts } from './free-ports.ts'
import { repositoryRoot } from './repository.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** The ports of one collector, all of 127.0.0.1. */
export interface CollectorPorts {
  readonly otlpHttp: number
  readonly otlpGrpc: number
  readonly health: number
  readonly ownMetrics: number
}

/** How to start a collector. */
export interface CollectorOptions {
  /** The program, as `collectorProgram()` found it. */
  readonly program: string
  /** Where its files and queues go; kept when it stops. */
  readonly dataDir: string
  /** Further configuration files, merged over the root's. @default none */
  readonly further?: readonly string[]
  /** Further variables for the configuration. A destination whose address is not among them is left out. @default none */
  readonly env?: Readonly<Record<string, string>>
  /** Give those of an earlier one to take its place. @default free ones */
  readonly ports?: CollectorPorts | undefined
}

/** A real collector that runs with the repository's own `collector-config.yaml`. */
export interface Collector extends ServerProcess {
  /** What it was started with, to start it again. */
  readonly options: CollectorOptions
  readonly dataDir: string
  readonly ports: CollectorPorts
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` takes. */
  readonly endpoint: string
}

/** The root configuration file: what a user of the stack runs, and what every test here runs. */
export const rootConfig = join(repositoryRoot, 'collector-config.yaml')

/**
 * Starts a collector with the root configuration and resolves when its health check says it takes data.
 * The caller owns it and stops it.
 *
 * @throws when it does not get that far, with what it printed.
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const { program, dataDir, further = [], env = {} } = options
  const ports = options.ports ?? (await freeCollectorPorts())
  const server = await startServer({
    name: 'the collector',
    program,
    args: [rootConfig, ...further].flatMap((file) => ['--config', file]),
    cwd: dataDir,
    env: { ...variables(ports, dataDir), ...leftOut(env), ...env },
    readyUrl: `http://127.0.0.1:${ports.health}/`,
  })
  return { ...server, options, dataDir, ports, endpoint: `http://127.0.0.1:${ports.otlpHttp}` }
}

async function freeCollectorPorts(): Promise<CollectorPorts> {
  const [otlpHttp = 0, otlpGrpc = 0, health = 0, ownMetrics = 0] = await freePorts(4)
  return { otlpHttp, otlpGrpc, health, ownMetrics }
}

function variables(ports: CollectorPorts, dataDir: string): Record<string, string> {
  return {
    CLEW_DATA_DIR: dataDir,
    CLEW_OTLP_HTTP_PORT: String(ports.otlpHttp),
    CLEW_OTLP_GRPC_PORT: String(ports.otlpGrpc),
    CLEW_HEALTH_PORT: String(ports.health),
    CLEW_COLLECTOR_METRICS_PORT: String(ports.ownMetrics),
  }
}

/** Where the destinations other than files are said to be. */
const addresses = {
  CLEW_LOKI: 'CLEW_LOKI_ENDPOINT',
  CLEW_TEMPO: 'CLEW_TEMPO_ENDPOINT',
  CLEW_PROMETHEUS: 'CLEW_PROMETHEUS_LISTEN',
}

function leftOut(env: Readonly<Record<string, string>>): Record<string, string> {
  const without = Object.entries(addresses).filter(([, address]) => env[address] === undefined)
  return Object.fromEntries(without.map(([destination]) => [destination, 'nop']))
}
