import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/index.ts'

export const NOON = Date.UTC(2026, 10, 21, 10)

/** A server on free ports with a store of its own. */
export interface TestServer {
  readonly server: RunningServer
  readonly folder: string
  readonly api: string
  /** Stops it and removes its folder. */
  stop(): Promise<void>
  /** The parsed answer of a GET under `/api/v1`. */
  get(path: string): Promise<{ status: number; body: Answer }>
  /** Sends a request of logs as JSON. */
  sendLogs(records: readonly object[], component?: string): Promise<Response>
  /** Sends a request of spans as JSON. */
  sendSpans(spans: readonly object[]): Promise<Response>
}

// eslint-disable-next-line typescript/no-explicit-any -- answers are whatever the server says; tests compare them whole
export type Answer = any

export async function startTestServer(options: ServerOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'clew-server-'))
  const server = await startServer({ port: 0, otlpPort: 0, dataFolder: folder, ...options }).catch((error: unknown) => {
    rmSync(folder, { recursive: true })
    throw error
  })
  const api = `${server.urls.viewer}/api/v1`
  return {
    server,
    folder,
    api,
    stop: async () => {
      await server.close()
      rmSync(folder, { recursive: true })
    },
    get: async (path) => {
      const answer = await fetch(api + path)
      return { status: answer.status, body: await answer.json() }
    },
    sendLogs: (logRecords, component = 'orders') =>
      sendJson(`${server.urls.otlp}/v1/logs`, {
        resourceLogs: [{ resource, scopeLogs: [{ scope: { name: component }, logRecords }] }],
      }),
    sendSpans: (spans) =>
      sendJson(`${server.urls.otlp}/v1/traces`, {
        resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'http' }, spans }] }],
      }),
  }
}

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }

/** A record of OTLP JSON. */
export function jsonRecord(message: string, offsetMillis = 0, more: object = {}): object {
  return { timeUnixNano: `${NOON + offsetMillis}000000`, severityNumber: 9, body: { stringValue: message }, ...more }
}

export function sendJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

/** A request with exactly these headers, also those `fetch` does not let one set. */
export function rawRequest(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: Uint8Array },
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: options.method ?? 'GET', headers: options.headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(options.body)
  })
}
