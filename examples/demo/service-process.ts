import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startChild, type Child } from './child.ts'

const READY_MILLIS = 20_000
const SERVICE = fileURLToPath(new URL('../interviews/service.ts', import.meta.url))

/** The example service, running. */
export interface ServiceProcess {
  readonly url: string
  /** File with what it wrote to stdout and stderr. */
  readonly outputFile: string
  readonly ended: Child['ended']
  /** Ends it as an operator would, by SIGTERM. */
  stop(): Promise<void>
}

/** What the service is told. */
export interface ServiceSurroundings {
  readonly otlpUrl: string
  readonly redisUrl: string | undefined
  /** For its state and its output. */
  readonly folder: string
}

/** Starts the service and waits until it listens. @throws Error with the end of its output when it does not */
export async function startService({ otlpUrl, redisUrl, folder }: ServiceSurroundings): Promise<ServiceProcess> {
  const outputFile = join(folder, 'service.log')
  // Node before 22.18 reads TypeScript only when it is asked to; who asked it to read the demo did so by these arguments.
  const child = startChild(process.execPath, [...process.execArgv, SERVICE], {
    ...process.env,
    PORT: '0',
    ENVIRONMENT: 'development',
    REDIS_URL: redisUrl,
    CLEW_HOME: join(folder, 'service'),
    CLEW_LOG_FILE: join(folder, 'logs', 'service.jsonl'),
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
  })
  const output = createWriteStream(outputFile)
  child.process.stdout?.pipe(output, { end: false })
  child.process.stderr?.pipe(output, { end: false })
  const url = await Promise.race([listeningUrl(child), failure(child)])
  if (url !== undefined) return { url, outputFile, ended: child.ended, stop: () => child.stop() }
  await child.stop()
  const lines = (await readFile(outputFile, 'utf8')).trim().split('\n')
  throw new Error(`the example service did not start; the end of its output:\n${lines.slice(-15).join('\n')}`)
}

async function listeningUrl(child: Child): Promise<string | undefined> {
  if (child.process.stdout === null) return undefined
  const lines = createInterface({ input: child.process.stdout })
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      const url = /^listening on (http:\S+)$/.exec(line)?.[1]
      if (url === undefined) return
      // What it writes from now on goes on to the file, read by nobody here.
      lines.removeAllListeners('line')
      resolve(url)
    })
  })
}

async function failure(child: Child): Promise<undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), READY_MILLIS)
  await Promise.race([child.ended, late.promise])
  clearTimeout(timer)
  return undefined
}
