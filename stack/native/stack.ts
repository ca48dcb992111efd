import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startCollector, type Collector, type CollectorPorts } from './collector.ts'
import { freePorts } from './free-ports.ts'
import { startLoki, type Loki, type LokiPorts } from './loki.ts'
import { startPrometheus, type Prometheus } from './prometheus.ts'
import type { ServerProcess } from './server-process.ts'
import type { StackPrograms } from './stack-programs.ts'
import { startTempo, type Tempo, type TempoPorts } from './tempo.ts'

/** The whole stack, running with the configurations that the compose file mounts. */
export interface Stack {
  readonly collector: Collector
  readonly loki: Loki
  readonly tempo: Tempo
  readonly prometheus: Prometheus
  /** The collector's files. */
  readonly dataDir: string
  /** Ends all, the collector first so that what it has can still be delivered. */
  stop(): Promise<void>
}

/** How to start it. */
export interface StackOptions {
  readonly programs: StackPrograms
  /** Where all data goes; kept when it stops. */
  readonly dataDir: string
  /** Further variables for the collector's configuration. @default none */
  readonly env?: Readonly<Record<string, string>>
  /** How often Prometheus fetches. @default what its configuration says */
  readonly scrapeSeconds?: number
  /** @default free ones */
  readonly ports?: StackPorts
}

/** Ports of the whole stack. */
export interface StackPorts {
  readonly collector: CollectorPorts
  /** Where the collector offers the applications' metrics. */
  readonly applicationMetrics: number
  readonly loki: LokiPorts
  readonly tempo: TempoPorts
  readonly prometheus: number
}

/** Starts all servers; what was started is stopped again when one fails. @throws what that one printed */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { programs, dataDir, scrapeSeconds, ports } = options
  const folder = (name: string): string => {
    mkdirSync(join(dataDir, name), { recursive: true })
    return join(dataDir, name)
  }
  const started: ServerProcess[] = []
  const keep = <Server extends ServerProcess>(server: Server): Server => (started.push(server), server)
  const stop = async (): Promise<void> => {
    for (const server of started.toReversed()) await server.stop()
  }
  try {
    const [free = 0] = await freePorts(1)
    const metrics = `127.0.0.1:${ports?.applicationMetrics ?? free}`
    const [loki, tempo] = await Promise.all([
      startLoki({ program: programs.loki, dataDir: folder('servers'), ports: ports?.loki }).then(keep),
      startTempo({ program: programs.tempo, dataDir: folder('servers'), ports: ports?.tempo }).then(keep),
    ])
    const env = { ...addresses(loki, tempo, metrics), ...options.env }
    const files = folder('collector')
    const collector = keep(
      await startCollector({ program: programs.collector, dataDir: files, env, ports: ports?.collector }),
    )
    const targets = {
      applications: metrics,
      collector: `127.0.0.1:${collector.ports.ownMetrics}`,
      loki: new URL(loki.url).host,
      tempo: new URL(tempo.url).host,
    }
    const prometheus = keep(
      await startPrometheus({
        program: programs.prometheus,
        dataDir: folder('servers'),
        targets,
        scrapeSeconds,
        port: ports?.prometheus,
      }),
    )
    return { collector, loki, tempo, prometheus, dataDir: files, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the root configuration is told about where the others are. */
function addresses(loki: Loki, tempo: Tempo, metrics: string): Record<string, string> {
  return {
    CLEW_LOKI_ENDPOINT: `${loki.url}/otlp`,
    CLEW_TEMPO_ENDPOINT: tempo.otlpUrl,
    CLEW_PROMETHEUS_LISTEN: metrics,
  }
}
