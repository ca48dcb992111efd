import { createServer } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { SqliteLogStore, type LogStore } from '../store/index.ts'
import { createApi } from './api/api.ts'
import { closeServer, listen } from './listen.ts'
import { LiveTail } from './live-tail.ts'
import { packageVersion } from './package-version.ts'
import { GrpcListener } from './receive/grpc-listener.ts'
import { OtlpListener, type OtlpListenerSettings } from './receive/otlp-listener.ts'
import { Receiver } from './receive/receiver.ts'
import { ViewerFiles, builtViewerFolder } from './viewer-files.ts'

export { ServerStartError } from './listen.ts'
export { packageVersion } from './package-version.ts'
export { StoreError } from '../store/index.ts'

/** What a user of the embedded server may set. */
export interface ServerOptions {
  /** Port of the log API and the viewer; 0 takes a free one. @default 4319 */
  port?: number
  /** Port of the OTLP receiver; 0 takes a free one. @default 4318 */
  otlpPort?: number
  /** Port of the OTLP receiver for gRPC; 0 takes a free one, false leaves gRPC out. @default 4317; 0 where `otlpPort` is 0 */
  grpcPort?: number | false
  /** Address to listen on. @default '127.0.0.1' */
  host?: string
  /** Folder of the store. @default '.clew' */
  dataFolder?: string
  /** Names besides localhost that requests may call this server by, without a port. @default [] */
  allowedHosts?: readonly string[]
  /** Most bytes of a request, compressed or not. @default 67108864 (64 MiB) */
  maxBodyBytes?: number
  /** Folder of the built viewer. @default the one shipped with the package */
  viewerFolder?: string
  /** Told about errors of the server itself (never about bad requests). @default nobody */
  onError?: (error: unknown) => void
}

/** A server that listens. */
export interface RunningServer {
  readonly port: number
  readonly otlpPort: number
  /** Undefined where gRPC is left out. */
  readonly grpcPort: number | undefined
  /** What goes into a browser, and into `OTEL_EXPORTER_OTLP_ENDPOINT`: `otlp` for HTTP, `grpc` for gRPC, undefined where that is left out. */
  readonly urls: { readonly viewer: string; readonly otlp: string; readonly grpc: string | undefined }
  /** The file of the store. */
  readonly storePath: string
  /** Finishes the requests under way (bounded), ends the live tails, closes the store. Calling it again waits for the first. */
  close(): Promise<void>
}

const DEFAULT_PORT = 4319
const DEFAULT_OTLP_PORT = 4318
const DEFAULT_GRPC_PORT = 4317
const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024

/**
 * Starts the embedded server: an OTLP receiver, a store in `dataFolder`, the log API and the viewer.
 * @throws {ServerStartError} when a port can't be had, {StoreError} when the store can't be used; nothing is left open then.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const storePath = join(options.dataFolder ?? '.clew', 'store.db')
  const store = new SqliteLogStore(storePath)
  const tail = new LiveTail()
  const address: OtlpAddress = { otlp: '', grpc: undefined }
  const { otlp, grpcListener, viewer } = createServers(options, store, tail, address)
  let grpc: GrpcListener | undefined
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    tail.close()
    await Promise.all([closeServer(otlp), grpc?.close(), closeServer(viewer)])
    await store.close()
  }
  const host = options.host ?? '127.0.0.1'
  try {
    const otlpPort = await listen(otlp, host, options.otlpPort ?? DEFAULT_OTLP_PORT, 'OTLP port')
    const wanted = options.grpcPort ?? (options.otlpPort === 0 ? 0 : DEFAULT_GRPC_PORT)
    grpc = wanted === false ? undefined : await grpcListener()
    const grpcPort = wanted === false ? undefined : await grpc?.listen(host, wanted)
    const port = await listen(viewer, host, options.port ?? DEFAULT_PORT, 'viewer port')
    const name = host.includes(':') ? `[${host}]` : host
    address.otlp = `http://${name}:${otlpPort}`
    address.grpc = grpcPort === undefined ? undefined : `http://${name}:${grpcPort}`
    const urls = { viewer: `http://${name}:${port}`, ...address }
    return { port, otlpPort, grpcPort, urls, storePath, close: () => (closing ??= close()) }
  } catch (error) {
    await close()
    throw error
  }
}

/** Where OTLP is taken. */
interface OtlpAddress {
  otlp: string
  grpc: string | undefined
}

/** @param address filled in once the receiver listens */
function createServers(options: ServerOptions, store: LogStore, tail: LiveTail, address: Readonly<OtlpAddress>) {
  const receiver = new Receiver(store, tail)
  const allowedHosts = (options.allowedHosts ?? []).map((host) => host.toLowerCase())
  const onError = options.onError ?? (() => undefined)
  const maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES
  const settings: OtlpListenerSettings = { maxBodyBytes, allowedHosts, onError }
  const listener = new OtlpListener(receiver, settings)
  const startedMillis = performance.now()
  const version = packageVersion()
  const health = () => ({
    version,
    uptime_ms: Math.round(performance.now() - startedMillis),
    otlp: address.otlp,
    otlp_grpc: address.grpc ?? null,
    metrics: { stored: false as const, data_points_received: receiver.dataPoints },
  })
  const viewerFiles = new ViewerFiles(options.viewerFolder ?? builtViewerFolder())
  const api = createApi({ store, tail, viewer: viewerFiles, health, allowedHosts, onError })
  const answer = getRequestListener(api.fetch, { overrideGlobalObjects: false })
  return {
    otlp: createServer((request, response) => void listener.handle(request, response)),
    grpcListener: () => GrpcListener.create(receiver, settings),
    viewer: createServer((request, response) => void answer(request, response)),
  }
}
