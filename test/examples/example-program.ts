import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { startServer } from '../../src/server/index.ts'
import { startProgram, type Program } from '../support/program.ts'

/** What Node needs to run an example in TypeScript; since 22.18 nothing. */
export const TYPESCRIPT = process.features.typescript
  ? []
  : ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']

/** The embedded server on free ports, and the environment of a program that sends there. */
export interface Receiver {
  readonly api: string
  readonly environment: Record<string, string>
  close(): Promise<void>
}

/** Starts it with a folder of its own. */
export async function startReceiver(): Promise<Receiver> {
  const folder = await mkdtemp(join(tmpdir(), 'clew-examples-'))
  const server = await startServer({ port: 0, otlpPort: 0, dataFolder: folder })
  return {
    api: `${server.urls.viewer}/api/v1`,
    environment: { CLEW_HOME: join(folder, 'home'), OTEL_EXPORTER_OTLP_ENDPOINT: server.urls.otlp, PORT: '0' },
    close: async () => {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** An example that listens. */
export interface Listening {
  readonly url: string
  readonly ended: Program['ended']
  /** Ends it as an operator would. */
  stop(): Promise<void>
}

/** Starts an example and waits until it says where it listens. @throws Error with its output when it ends before */
export async function startListening(file: string, environment: Record<string, string>): Promise<Listening> {
  const program = startProgram(file, [], environment, file.endsWith('.ts') ? TYPESCRIPT : [])
  const [, url = ''] = await awaitLine(program, /^listening on (\S+)$/)
  const stop = async (): Promise<void> => {
    program.child.kill('SIGTERM')
    await program.ended
  }
  return { url, ended: program.ended, stop }
}

/**
 * Waits for a line of a program's output, and leaves the output flowing: unread, it would keep the program from ending.
 * @throws Error with its output when the program ends before
 */
export function awaitLine({ child, ended }: Program, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout as Readable }).on('line', (line) => {
      const match = pattern.exec(line)
      if (match !== null) resolve(match)
    })
    ended.then((end) => reject(new Error(`ended without the line ${pattern}: ${JSON.stringify(end)}`)), reject)
  })
}

/** The JSON answer of the log API. */
export async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as T
}
