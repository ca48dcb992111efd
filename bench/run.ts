/** `npm run bench [-- name…]`: runs benches and prints their tables. `--help` lists them. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { callBench } from './call.ts'
import { httpBench } from './http.ts'
import { describeLoad, describeMachine, describePeers } from './machine.ts'
import { ingestBench } from './ingest.ts'
import { startBench } from './start.ts'
import { renderTable } from './table.ts'
import type { Bench, BenchOptions } from './trials.ts'

const BENCHES: readonly Bench[] = [callBench, httpBench, startBench, ingestBench]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    rounds: { type: 'string', default: '5' },
    build: { type: 'string', multiple: true, default: [] },
  },
})

if (values.help) printHelp()
else await runBenches()

function printHelp(): void {
  console.log('npm run bench [-- [--rounds 5] [--build label=path/to/dist]… name…]\n')
  for (const { name, about } of BENCHES) console.log(`  ${name.padEnd(14)} ${about}`)
  console.log('\n--build measures another build of clew beside this one, to compare two in one run.')
}

async function runBenches(): Promise<void> {
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name))
  if (unknown.length > 0) {
    console.error(`no bench is called ${unknown.join(', ')}; there are: ${BENCHES.map(({ name }) => name).join(', ')}`)
    process.exitCode = 2
    return
  }
  installPeers()
  const options: BenchOptions = {
    rounds: Math.max(1, Number.parseInt(values.rounds, 10) || 5),
    builds: new Map(values.build.map(parseBuild)),
    progress: (text) => process.stderr.write(`${text}\n`),
  }
  console.log(describeMachine())
  for (const bench of BENCHES)
    if (positionals.length === 0 || positionals.includes(bench.name)) await runBench(bench, options)
}

async function runBench(bench: Bench, options: BenchOptions): Promise<void> {
  const before = await describeLoad()
  const tables = await bench.run(options)
  const after = await describeLoad()
  console.log(`\n## ${bench.name}: ${bench.about}\n`)
  if (bench.peers.length > 0) console.log(describePeers(bench.peers))
  console.log(`${options.rounds} rounds; before: ${before}; after: ${after}`)
  for (const { title, rows } of tables) console.log(`\n### ${title}\n\n${renderTable(rows)}`)
}

/** `label=folder`, where the folder is a `dist`. */
function parseBuild(text: string): [string, string] {
  const at = text.indexOf('=')
  const file = resolve(text.slice(at + 1), 'src/index.js')
  if (at < 1 || !existsSync(file)) throw new Error(`--build ${text}: expected label=path/to/dist; there is no ${file}`)
  return [text.slice(0, at), pathToFileURL(file).href]
}

/** The peers live in bench/ alone, pinned by its lockfile. */
function installPeers(): void {
  if (existsSync(join(import.meta.dirname, 'node_modules', '.package-lock.json'))) return
  process.stderr.write('installing the peers, once\n')
  execFileSync('npm', ['ci', '--prefix', import.meta.dirname, '--no-audit', '--no-fund', '--ignore-scripts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
}
