import { connect } from 'node:net'
import { probeEndpoint } from '../../delivery/probe.ts'
import { ok, warning, type Check, type Finding } from './finding.ts'

/** The ports of the embedded server. */
export interface EmbeddedPorts {
  readonly port: number
  readonly otlpPort: number
}

const HOST = '127.0.0.1'

/** Who answers on the ports that `clew up` and `clew dev` take. */
export function portChecks({ port, otlpPort }: EmbeddedPorts): Check[] {
  return [
    { subject: `port ${otlpPort}`, run: (signal) => lookAtOtlp({ port, otlpPort }, signal) },
    { subject: `port ${port}`, run: (signal) => lookAtViewer(port, signal) },
  ]
}

async function lookAtOtlp({ port, otlpPort }: EmbeddedPorts, signal: AbortSignal): Promise<Finding[]> {
  const subject = `port ${otlpPort}`
  if (!(await isTaken(otlpPort, signal))) return [ok(subject, 'free, for the OTLP of clew up and clew dev')]
  const server = await embeddedServer(port, signal)
  if (server !== undefined && new URL(server.otlp).port === String(otlpPort))
    return [ok(subject, `OTLP of clew's embedded server ${server.version}`)]
  const url = `http://${HOST}:${otlpPort}/v1/logs`
  const { result } = await probeEndpoint('logs', { ...PLAIN, url }, undefined)
  return result.kind === 'delivered'
    ? [ok(subject, "an OTLP receiver that is not clew's, such as a collector")]
    : [warning(subject, 'taken by what is no OTLP receiver', 'npx clew up --otlp-port <port>')]
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
  protocol: 'http/protobuf',
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
  readonly otlp: string
}

/** The server on this port, if it is one of ours. */
async function embeddedServer(port: number, signal: AbortSignal): Promise<EmbeddedServer | undefined> {
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MILLIS)])
    const answer = await fetch(`http://${HOST}:${port}/api/v1/logs/health`, { signal: bounded })
    const { version, otlp } = (await answer.json()) as { version?: unknown; otlp?: unknown }
    if (typeof otlp !== 'string' || !URL.canParse(otlp)) return undefined
    return { version: String(version), otlp }
  } catch {
    // nobody answers there in time, or somebody else
    return undefined
  }
}
