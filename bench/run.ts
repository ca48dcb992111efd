/** `npm run bench [-- name…]`: runs benches and prints their tables. `--help` lists them. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { auditBench } from './audit.ts'
import { callBench } from './call.ts'
import { exportBench } from './export.ts'
import { faultBench } from './fault.ts'
import { filesBench } from './files.ts'
import { httpBenches } from './http.ts'
import { httpSoakBench } from './http-soak.ts'
import { ingestBench } from './ingest.ts'
import { loadBench } from './load.ts'
import { loggersBench } from './loggers.ts'
import { describeLoad, describeMachine, describePeers } from './machine.ts'
import { writeSection } from './section.ts'
import { redisBench } from './redis.ts'
import { soakBench } from './soak.ts'
import { startBench } from './start.ts'
import { renderTable } from './table.ts'
import type { Bench } from './trials.ts'
import { volumeBench } from './volume.ts'
import { websocketBench } from './websocket.ts'

const BENCHES: readonly Bench[] = [
  callBench,
  volumeBench,
  auditBench,
  loggersBench,
  exportBench,
  faultBench,
  filesBench,
  loadBench,
  ...httpBenches,
  websocketBench,
  redisBench,
  startBench,
  ingestBench,
  soakBench,
  httpSoakBench,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    rounds: { type: 'string' },
    minutes: { type: 'string' },
    build: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
  },
})

if (values.help) printHelp()
else await runBenches()

function printHelp(): void {
  console.log('npm run bench [-- [--rounds 5] [--build label=path/to/dist]… [--minutes 10] [--write] name…]\n')
  for (const { name, about, onlyByName } of BENCHES)
    console.log(`  ${name.padEnd(14)} ${about}${onlyByName === true ? ' (only when it is named)' : ''}`)
  console.log('\n--build measures another build of clew beside this one, to compare two in one run.')
  console.log('--minutes is how long soak and http-soak go on. --write puts the tables into docs/benchmarks.md.')
}

async function runBenches(): Promise<void> {
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name))
  if (unknown.length > 0) {
    console.error(`no bench is called ${unknown.join(', ')}; there are: ${BENCHES.map(({ name }) => name).join(', ')}`)
    process.exitCode = 2
    return
  }
  installPeers()
  for (const bench of BENCHES) {
    if (positionals.length === 0 ? bench.onlyByName === true : !positionals.includes(bench.name)) continue
    try {
      await runBench(bench)
    } catch (error) {
      console.error(`${bench.name} failed:`, error)
      process.exitCode = 1
    }
  }
}

async function runBench(bench: Bench): Promise<void> {
  const started = performance.now()
  const rounds = atLeastOne(values.rounds) ?? bench.rounds
  const before = await describeLoad()
  const tables = await bench.run({
    rounds,
    minutes: atLeastOne(values.minutes) ?? bench.minutes ?? 10,
    builds: new Map(values.build.map(parseBuild)),
    progress: (text) => process.stderr.write(`${text}\n`),
  })
  const after = await describeLoad()
  const minutes = ((performance.now() - started) / 60_000).toFixed(1)
  const section = [
    `${describeMachine()}. Rounds: ${rounds}, in ${minutes} minutes. Before: ${before}; after: ${after}.`,
    ...(bench.peers.length > 0 ? [`${describePeers(bench.peers)}.`] : []),
    ...tables.flatMap(({ title, rows }) => [`**${title}**`, renderTable(rows)]),
  ].join('\n\n')
  console.log(`\n## ${bench.name}: ${bench.about}\n\n${section}`)
  if (values.write) writeSection(bench.name, section)
}

function atLeastOne(text: string | undefined): number | undefined {
  const number = Number.parseInt(text ?? '', 10)
  return Number.isNaN(number) ? undefined : Math.max(1, number)
}

/** `label=folder`, where the folder is a `dist`. */
function parseBuild(text: string): [string, string] {
  const at = text.indexOf('=')
  const file = resolve(text.slice(at + 1), 'src/index.js')
  if (at < 1 || !existsSync(file)) throw new Error(`--build ${text}: expected label=path/to/dist; there is no ${file}`)
  return [text.slice(0, at), pathToFileURL(file).href]
}

/** The peers live in bench/ alone, pinned by its lockfiles. */
function installPeers(): void {
  for (const folder of [import.meta.dirname, join(import.meta.dirname, 'logfire')]) {
    if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) continue
    process.stderr.write('installing the peers, once\n')
    execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
  }
}
