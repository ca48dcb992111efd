import { connect } from 'node:net'
import { probeEndpoint } from '../../delivery/probe.ts'
import { ok, warning, type Check, type Finding } from './finding.ts'

/** The ports of the embedded server. */
export interface EmbeddedPorts {
  readonly port: number
  readonly otlpPort: number
  readonly grpcPort: number
}

const HOST = '127.0.0.1'

/** Who answers on the ports that `clew up` and `clew dev` take. */
export function portChecks({ port, otlpPort, grpcPort }: EmbeddedPorts): Check[] {
  return [
    { subject: `port ${grpcPort}`, run: (signal) => lookAtOtlp('grpc', grpcPort, port, signal) },
    { subject: `port ${otlpPort}`, run: (signal) => lookAtOtlp('http/protobuf', otlpPort, port, signal) },
    { subject: `port ${port}`, run: (signal) => lookAtViewer(port, signal) },
  ]
}

/** How a protocol is told of, and how another port is chosen for it. */
const PROTOCOLS = {
  'http/protobuf': { name: 'OTLP', receiver: 'OTLP receiver', path: '/v1/logs', option: '--otlp-port <port>' },
  grpc: { name: 'OTLP over gRPC', receiver: 'OTLP receiver for gRPC', path: '', option: '--grpc-port <port>' },
} as const

async function lookAtOtlp(
  protocol: keyof typeof PROTOCOLS,
  otlpPort: number,
  port: number,
  signal: AbortSignal,
): Promise<Finding[]> {
  const subject = `port ${otlpPort}`
  const { name, receiver, path, option } = PROTOCOLS[protocol]
  if (!(await isTaken(otlpPort, signal))) return [ok(subject, `free, for the ${name} of clew up and clew dev`)]
  const server = await embeddedServer(port, signal)
  if (server?.urls[protocol] !== undefined && new URL(server.urls[protocol]).port === String(otlpPort))
    return [ok(subject, `${name} of clew's embedded server ${server.version}`)]
  const url = `http://${HOST}:${otlpPort}${path}`
  const { result } = await probeEndpoint('logs', { ...PLAIN, protocol, url }, undefined)
  return result.kind === 'delivered'
    ? [ok(subject, `an ${receiver} that is not clew's, such as a collector`)]
    : [warning(subject, `taken by what is no ${receiver}`, `npx clew up ${option}`)]
}

async function lookAtViewer(port: number, signal: AbortSignal): Promise<Finding[]> {
  const subject = `port ${port}`
  if (!(await isTaken(port, signal))) return [ok(subject, 'free, for the viewer of clew up and clew dev')]
  const server = await embeddedServer(port, signal)
  return server === undefined
    ? [warning(subject, "taken by what is not clew's embedded server", 'npx clew up --port <port>')]
    : [ok(subject, `the viewer of clew's embedded server ${server.version}`)]
}

const PLAIN = {
  headers: {},
  compression: 'none',
  timeoutMillis: 1_500,
  insecure: false,
  tls: {},
} as const

function isTaken(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST, signal })
    const answer = (taken: boolean) => () => {
      socket.destroy()
      resolve(taken)
    }
    socket.on('connect', answer(true)).on('error', answer(false))
  })
}

const ANSWER_TIMEOUT_MILLIS = 1_500

interface EmbeddedServer {
  readonly version: string
  readonly urls: { readonly 'http/protobuf': string; readonly grpc: string | undefined }
}

/** The server on this port, if it is one of ours. */
async function embeddedServer(port: number, signal: AbortSignal): Promise<EmbeddedServer | undefined> {
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MILLIS)])
    const answer = await fetch(`http://${HOST}:${port}/api/v1/logs/health`, { signal: bounded })
    const health = (await answer.json()) as { version?: unknown; otlp?: unknown; otlp_grpc?: unknown }
    const otlp = urlIn(health.otlp)
    if (otlp === undefined) return undefined
    return { version: String(health.version), urls: { 'http/protobuf': otlp, grpc: urlIn(health.otlp_grpc) } }
  } catch {
    // nobody answers there in time, or somebody else
    return undefined
  }
}

function urlIn(value: unknown): string | undefined {
  return typeof value === 'string' && URL.canParse(value) ? value : undefined
}
