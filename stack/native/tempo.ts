import { join } from 'node:path'
import { freePorts } from './free-ports.ts'
import { repositoryRoot } from './repository.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** A real Tempo that runs with the repository's own `stack/tempo/tempo.yaml`, on 127.0.0.1. */
export interface Tempo extends ServerProcess {
  /** For queries, such as `http://127.0.0.1:3200`. */
  readonly url: string
  /** For OTLP over HTTP. */
  readonly otlpUrl: string
  readonly ports: TempoPorts
  readonly dataDir: string
}

/** Ports of one Tempo. */
export interface TempoPorts {
  readonly http: number
  readonly grpc: number
  readonly otlpHttp: number
  readonly otlpGrpc: number
  readonly memberlist: number
}

/** How to start one. */
export interface TempoOptions {
  readonly program: string
  /** Where its data goes; kept when it stops. */
  readonly dataDir: string
  /** @default free ones */
  readonly ports?: TempoPorts | undefined
}

/** Starts it and resolves when it takes data. The caller stops it. @throws with what it printed when it does not get that far */
export async function startTempo(options: TempoOptions): Promise<Tempo> {
  const { program, dataDir } = options
  const ports = options.ports ?? (await freeTempoPorts())
  const url = `http://127.0.0.1:${ports.http}`
  const server = await startServer({
    name: 'Tempo',
    program,
    args: [`-config.file=${join(repositoryRoot, 'stack/tempo/tempo.yaml')}`, '-config.expand-env=true'],
    cwd: dataDir,
    env: {
      TEMPO_LISTEN: '127.0.0.1',
      TEMPO_HTTP_PORT: String(ports.http),
      TEMPO_GRPC_PORT: String(ports.grpc),
      TEMPO_OTLP_HTTP_PORT: String(ports.otlpHttp),
      TEMPO_OTLP_GRPC_PORT: String(ports.otlpGrpc),
      TEMPO_MEMBERLIST_PORT: String(ports.memberlist),
      TEMPO_DIR: join(dataDir, 'tempo'),
    },
    readyUrl: `${url}/ready`,
    readyTimeoutMillis: 60_000,
  })
  return { ...server, url, otlpUrl: `http://127.0.0.1:${ports.otlpHttp}`, ports, dataDir }
}

async function freeTempoPorts(): Promise<TempoPorts> {
  const [http = 0, grpc = 0, otlpHttp = 0, otlpGrpc = 0, memberlist = 0] = await freePorts(5)
  return { http, grpc, otlpHttp, otlpGrpc, memberlist }
}
