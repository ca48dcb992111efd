import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Bench, BenchTable } from './trials.ts'

/** The embedded server's intake and queries: bench/server-ingest.ts, which also runs by itself. */
export const ingestBench: Bench = {
  name: 'server-ingest',
  about: 'how fast the embedded server takes records, and how fast it answers afterwards',
  peers: [],
  rounds: 1,
  async run({ progress }): Promise<BenchTable[]> {
    progress('server-ingest')
    const lines = await output(join(import.meta.dirname, 'server-ingest.ts'))
    const queries = lines.flatMap((line) => {
      const [, query, median, p95] = /^(.+?) +median (.+) ms, p95 (.+) ms$/.exec(line) ?? []
      return query === undefined ? [] : [[query, median ?? '', p95 ?? '']]
    })
    const intake = lines.slice(0, lines.length - queries.length)
    return [
      { title: 'intake of 300,000 records', rows: [[''], ...intake.map((line) => [line])] },
      { title: 'queries afterwards, ms', rows: [['', 'median', 'p95'], ...queries] },
    ]
  },
}

function output(file: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.on('close', (code) =>
      code === 0 ? resolve(text.trimEnd().split('\n')) : reject(new Error(`${file} ended with ${code}`)),
    )
  })
}
