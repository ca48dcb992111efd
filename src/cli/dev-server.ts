import type { Output } from './output.ts'
import { type ServerArguments, startedServer } from './started-server.ts'

/** The embedded server that a program under `clew dev` sends to. */
export interface DevServer {
  readonly viewer: string
  readonly otlp: string
  /** The same for gRPC; undefined where it takes none. */
  readonly grpc: string | undefined
  /** Ends it; undefined for one that somebody else started. */
  readonly close: (() => Promise<void>) | undefined
}

/** Uses the server that answers on the viewer's port, or starts one; undefined when neither can be had, which was said then. */
export async function findServer(options: ServerArguments, output: Output): Promise<DevServer | undefined> {
  const running = await runningServer(options.port)
  if (running !== undefined) return running
  const server = await startedServer(options, 'clew dev', output)
  return server && { ...server.urls, close: () => server.close() }
}

const ANSWER_TIMEOUT_MILLIS = 2_000

/** The server on this port, if it is one of ours. */
async function runningServer(port: number): Promise<DevServer | undefined> {
  if (port === 0) return undefined
  const viewer = `http://127.0.0.1:${port}`
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MILLIS)
    const health = (await (await fetch(`${viewer}/api/v1/logs/health`, { signal })).json()) as {
      otlp?: unknown
      otlp_grpc?: unknown
    }
    const { otlp, otlp_grpc } = health
    const grpc = typeof otlp_grpc === 'string' ? otlp_grpc : undefined
    return typeof otlp === 'string' ? { viewer, otlp, grpc, close: undefined } : undefined
  } catch {
    // nobody answers there, or somebody else: starting one says which
    return undefined
  }
}
