import { Child } from './child.ts'
import { settled } from './fault.ts'
import type { Received } from './received-count.ts'
import type { ReceiverState } from './receiver.ts'
import type { SoakEnd, SoakSample } from './soak/trial.ts'
import { median, rounded, slope } from './statistics.ts'
import { withSurroundings, type Bench, type BenchOptions, type BenchTable, type Surroundings } from './trials.ts'

const PER_SECOND = 20_000
const PHASE_SECONDS = 20
const PHASES: readonly ReceiverState[] = ['serve', 'refuse', 'serve', 'unavailable', 'serve', 'stall']
/** The receiver keeps bodies until it counts them: it must not gather them for minutes. */
const TALLY_SECONDS = 5
const PROGRAM = 'soak/trial'

/** clew for a long time, with a receiver that comes and goes. */
export const soakBench: Bench = {
  name: 'soak',
  about: `clew at ${rounded(PER_SECOND)} records/s for --minutes; the receiver is well for 20 s, then fails for 20 s: refused, 503, stalled in turns`,
  peers: [],
  rounds: 1,
  onlyByName: true,
  run: (options) => withSurroundings(undefined, (surroundings) => soak(options, surroundings)),
}

async function soak({ minutes, progress }: BenchOptions, surroundings: Surroundings): Promise<BenchTable[]> {
  const { variables, tally, become } = surroundings
  const child = new Child(PROGRAM, [String(PER_SECOND)], variables)
  const samples: SoakSample[] = []
  while (samples.length < minutes * 60) {
    if (samples.length % PHASE_SECONDS === 0) {
      const state = PHASES[(samples.length / PHASE_SECONDS) % PHASES.length] as ReceiverState
      progress(`soak: second ${samples.length}, receiver: ${state}`)
      await become(state)
    }
    if (samples.length % TALLY_SECONDS === 0) await tally()
    samples.push(await child.answer<SoakSample>())
  }
  await become('serve')
  const end = await stop(child)
  const atEnd = await tally()
  return [memoryTable(samples), accountTable(end, atEnd, await deliverRest(surroundings, end.said))]
}

async function stop(child: Child): Promise<SoakEnd> {
  child.tell('stop')
  for (;;) {
    const answer = await child.answer<SoakSample | SoakEnd>()
    if (!('said' in answer)) continue
    await child.end()
    return answer
  }
}

/** Starts the program once more: what still lay in the spool comes now. */
async function deliverRest(surroundings: Surroundings, said: number): Promise<Received> {
  const again = new Child(PROGRAM, ['0'], surroundings.variables)
  await again.answer()
  await settled(surroundings, said)
  await stop(again)
  return surroundings.tally()
}

function memoryTable(samples: readonly SoakSample[]): BenchTable {
  const tenth = Math.max(1, Math.min(10, Math.floor(samples.length / 3)))
  const middle = (samples.length - tenth) >> 1
  const row = (label: string, key: keyof SoakSample): string[] => {
    const values = samples.map((sample) => sample[key])
    const of = (from: number): string => rounded(median(values.slice(from, from + tenth)))
    const late = values.slice(values.length >> 1)
    return [
      label,
      of(0),
      of(middle),
      of(values.length - tenth),
      rounded(Math.max(...values)),
      rounded(slope(late) * 60, 2),
    ]
  }
  const head = ['MB', 'start', 'middle', 'end', 'most', 'a minute, in the second half']
  const rows = [row('resident', 'rss'), row('heap used', 'heapUsed'), row('external', 'external')]
  return { title: `memory over ${rounded(samples.length)} s`, rows: [head, ...rows] }
}

function accountTable({ said, delivered, dropped }: SoakEnd, atEnd: Received, afterRestart: Received): BenchTable {
  const left = Object.entries(dropped).filter(([, count]) => count > 0)
  const leftOut = left.reduce((sum, [, count]) => sum + count, 0)
  const rows: [string, number][] = [
    ['said', said],
    ['received, each counted once', atEnd.unique],
    ['still in the spool at the end: came after a restart', afterRestart.unique - atEnd.unique],
    ...left.map(([reason, count]): [string, number] => [`counted as left out: ${reason}`, count]),
    ['unaccounted for', said - afterRestart.unique - leftOut],
    ['received twice', afterRestart.doubled],
    ['delivered, by its own books', delivered],
  ]
  return { title: 'account', rows: [['', 'records'], ...rows.map(([label, count]) => [label, rounded(count)])] }
}
