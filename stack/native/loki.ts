import { join } from 'node:path'
import { freePorts } from './free-ports.ts'
import { repositoryRoot } from './repository.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** A real Loki that runs with the repository's own `stack/loki/loki.yaml`, on 127.0.0.1. */
export interface Loki extends ServerProcess {
  /** Such as `http://127.0.0.1:3100`; OTLP goes to `/otlp` of it. */
  readonly url: string
  readonly ports: LokiPorts
  readonly dataDir: string
}

/** Ports of one Loki. */
export interface LokiPorts {
  readonly http: number
  readonly grpc: number
}

/** How to start one. */
export interface LokiOptions {
  readonly program: string
  /** Where its data goes; kept when it stops. */
  readonly dataDir: string
  /** Another configuration. @default stack/loki/loki.yaml */
  readonly config?: string
  /** @default free ones */
  readonly ports?: LokiPorts | undefined
}

/** Starts it and resolves when it takes data. The caller stops it. @throws with what it printed when it does not get that far */
export async function startLoki(options: LokiOptions): Promise<Loki> {
  const { program, dataDir, config = join(repositoryRoot, 'stack/loki/loki.yaml') } = options
  const ports = options.ports ?? (await freeLokiPorts())
  const url = `http://127.0.0.1:${ports.http}`
  const server = await startServer({
    name: 'Loki',
    program,
    args: [`-config.file=${config}`, '-config.expand-env=true'],
    cwd: dataDir,
    env: {
      LOKI_LISTEN: '127.0.0.1',
      LOKI_HTTP_PORT: String(ports.http),
      LOKI_GRPC_PORT: String(ports.grpc),
      LOKI_DIR: join(dataDir, 'loki'),
    },
    readyUrl: `${url}/ready`,
    readyTimeoutMillis: 60_000,
  })
  return { ...server, url, ports, dataDir }
}

async function freeLokiPorts(): Promise<LokiPorts> {
  const [http = 0, grpc = 0] = await freePorts(2)
  return { http, grpc }
}
