/** The whole of clew in one command: `npm run demo`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DemoArguments, HELP, readArguments } from './arguments.ts'
import { startEmbeddedServer } from './embedded-server.ts'
import { driveLoad, trickle } from './load.ts'
import { awaitProof } from './proof.ts'
import { missing, proofTable } from './proof-table.ts'
import { findRedis } from './redis.ts'
import { startService } from './service-process.ts'

const stop = new AbortController()
// Not only the first time: a second Ctrl+C must not leave the children behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort(signal))
const cleanups: (() => Promise<unknown>)[] = []

process.exitCode = await main()

async function main(): Promise<number> {
  let once = false
  try {
    const given = readArguments(process.argv.slice(2))
    once = given.once
    if (given.help) {
      say(HELP)
      return 0
    }
    return await demo(given)
  } catch (error) {
    const stopped = stop.signal.aborted
    if (stopped && !once) return 0
    console.error(stopped ? `${stop.signal.reason}: stopped before the proof` : messageOf(error))
    return 1
  } finally {
    // Whatever load is still under way ends too.
    stop.abort()
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
}

async function demo(given: DemoArguments): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'clew-demo-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  const server = await startEmbeddedServer(given, folder, say)
  cleanups.push(() => server.close())
  const redis = await findRedis(folder)
  cleanups.push(() => redis.stop())
  stop.signal.throwIfAborted()
  const service = await startService({ otlpUrl: server.urls.otlp, redisUrl: redis.url, folder })
  cleanups.push(() => service.stop())

  say(`viewer   ${server.urls.viewer}\nOTLP     ${server.urls.otlp}`)
  say(`service  ${service.url} (its output: ${service.outputFile})\nRedis    ${redis.note}\n`)
  const proof = await whileRunning(
    service.ended,
    driveLoad(service.url, stop.signal).then((tally) =>
      awaitProof(server.urls.viewer, tally, redis.url !== undefined, stop.signal),
    ),
  )
  say(proofTable(proof, process.stdout.isTTY && process.env['NO_COLOR'] === undefined))
  if (!proof.holds) console.error(`\nthe proof does not hold:\n  ${missing(proof).join('\n  ')}`)
  if (given.once) return proof.holds ? 0 : 1
  say(`\nA light load goes on: look at it at ${server.urls.viewer}\nCtrl+C ends everything.`)
  await whileRunning(service.ended, trickle(service.url, stop.signal))
  return 0
}

/** @throws Error when the service ends first */
async function whileRunning<T>(ended: Promise<unknown>, work: Promise<T>): Promise<T> {
  const end = ended.then((how) => {
    stop.signal.throwIfAborted()
    throw new Error(`the example service ended by itself: ${String(how)}`)
  })
  return Promise.race([work, end])
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function say(line: string): void {
  console.log(line)
}
