import { measureCases, type CallCase } from './call.ts'
import { runChild } from './child.ts'
import type { FastTrial } from './files/trial.ts'
import { median, rounded, spread } from './statistics.ts'
import { eachBuild, interleave, type Bench, type BenchOptions, type BenchTable, type Variant } from './trials.ts'

const PINO: Variant = { label: 'pino, null stream', program: 'pino' }
const SENT: Variant = { label: 'clew, sent', program: 'clew' }
const DATABASE: Variant = { label: 'clew, rows in SQLite', program: 'clew:database' }
const BOTH: Variant = { label: 'clew, sent and rows in SQLite', program: 'clew:both' }
const ALONE: Variant = { label: '(the workload alone)', program: 'nothing' }

const CASES: readonly CallCase[] = [
  {
    title: 'info, six fields, ns a call',
    kind: 'info',
    unit: SENT.label,
    clew: [SENT, DATABASE, BOTH],
    others: [PINO, ALONE],
  },
  {
    title: 'audit.userAction, six details, on the disk when it answers, ns a call',
    kind: 'audit',
    unit: SENT.label,
    clew: [SENT, DATABASE, BOTH],
    others: [{ label: 'pino, file, each line at once', program: 'pino:file', args: ['info'] }],
  },
]

/** What audit records and the database cost. */
export const auditBench: Bench = {
  name: 'audit',
  about: 'what an audit record, and a row in a database, cost a call; rows a second',
  peers: ['pino'],
  rounds: 3,
  run: measure,
}

async function measure(options: BenchOptions): Promise<BenchTable[]> {
  // What goes into a database alone does not arrive at the receiver.
  const calls = (await measureCases('audit', CASES, options)).map(({ title, rows }) => ({
    title,
    rows: rows.map((row) => row.slice(0, -1)),
  }))
  return [...calls, await rowsPerSecond(options)]
}

/** From the first call until every row stands in the table, in the chain, on the disk. */
async function rowsPerSecond(options: BenchOptions): Promise<BenchTable> {
  options.progress('audit: rows a second')
  const results = await interleave(eachBuild(DATABASE, options), options, ({ program }, { variables }) =>
    runChild<FastTrial>('files/trial', [program], variables),
  )
  const rows = [...results].map(([label, trials]) => {
    const speeds = trials.map(({ perSecond }) => perSecond)
    return [label, spread(speeds, 0), rounded(median(trials.map(({ said }) => said)))]
  })
  return { title: 'rows in SQLite', rows: [['', 'rows/s', 'said'], ...rows] }
}
