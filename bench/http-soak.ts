import { Child } from './child.ts'
import type { SoakedServer } from './http/soak-server.ts'
import { median, rounded, slope } from './statistics.ts'
import { withSurroundings, type Bench, type BenchOptions, type BenchTable, type Surroundings } from './trials.ts'

const CONNECTIONS = 50
const WARM_SECONDS = 10
const SAMPLE_MILLIS = 5_000
/** The heap may rise by so much from its middle to its end: what was compiled late, and what a collection leaves. */
const MAX_RISE_MB = 3

/** Requests at full speed for a long time. */
export const httpSoakBench: Bench = {
  name: 'http-soak',
  about: `a node:http server with clew under full load for --minutes (5 when not said), ${CONNECTIONS} connections: its heap is flat, and no context of a finished request is kept`,
  peers: [],
  rounds: 1,
  minutes: 5,
  onlyByName: true,
  run: (options) => withSurroundings(undefined, (surroundings) => soak(options, surroundings)),
}

async function soak({ minutes, progress }: BenchOptions, surroundings: Surroundings): Promise<BenchTable[]> {
  const { variables, tally } = surroundings
  const server = new Child('http/soak-server', [], variables)
  const { port } = await server.answer<{ port: number }>()
  const millis = minutes * 60_000
  const load = new Child('http/load', [port, CONNECTIONS, WARM_SECONDS * 1_000, millis].map(String))
  await load.answer()
  const samples: SoakedServer[] = []
  for (const end = performance.now() + millis - SAMPLE_MILLIS; performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MILLIS))
    samples.push(await server.ask<SoakedServer>('sample'))
    progress(`http-soak: ${rounded(samples.at(-1)?.served ?? 0)} requests`)
    // The receiver keeps bodies until it counts them.
    await tally()
  }
  await load.answer()
  await load.end()
  // Timers of Node and of clew that were started in a request are out by then: that of the Date header is the longest.
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const last = await server.ask<SoakedServer>('sample')
  await server.ask('stop')
  await server.end()
  const tables = [memoryTable(samples, last)]
  checkFlat(samples, last)
  return tables
}

function memoryTable(samples: readonly SoakedServer[], last: SoakedServer): BenchTable {
  const row = (label: string, key: keyof SoakedServer): string[] => {
    const values = samples.map((sample) => sample[key])
    const late = values.slice(values.length >> 1)
    const perMinute = (slope(late) * 60_000) / SAMPLE_MILLIS
    return [
      label,
      rounded(values[0] ?? Number.NaN, 1),
      rounded(median(late), 1),
      rounded(Math.max(...values), 1),
      rounded(perMinute, 2),
      rounded(last[key], 1),
    ]
  }
  return {
    title: `${rounded(last.served)} requests, each figure after a garbage collection`,
    rows: [
      ['', 'start', 'second half', 'most', 'a minute, in the second half', 'at the end, connections closed'],
      row('heap used, MB', 'heapUsed'),
      row('resident, MB', 'rss'),
      row('contexts alive of those looked at', 'contexts'),
    ],
  }
}

/** Throws when something is kept. */
function checkFlat(samples: readonly SoakedServer[], last: SoakedServer): void {
  const heaps = samples.map(({ heapUsed }) => heapUsed)
  const third = Math.max(1, Math.floor(heaps.length / 3))
  const rise = median(heaps.slice(-third)) - median(heaps.slice(third, 2 * third))
  const most = Math.max(...samples.map(({ contexts }) => contexts))
  if (rise > MAX_RISE_MB) throw new Error(`the heap is not flat: it rose by ${rounded(rise, 1)} MB`)
  if (most > CONNECTIONS) throw new Error(`${most} contexts were alive beside ${CONNECTIONS} connections`)
  if (last.contexts > 0) throw new Error(`${last.contexts} contexts of finished requests are kept`)
}
