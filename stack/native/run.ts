// npm run stack: the whole stack without Docker, on the ports that everybody knows, until Ctrl+C. `--help` says more.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startStack, type StackPorts } from './stack.ts'
import { stackPrograms } from './stack-programs.ts'

const HELP = `Usage: npm run stack [-- --data DIR]

Starts collector, Loki, Tempo and Prometheus with the configurations that docker-compose.yml mounts, on 127.0.0.1.
Programs are found (CLEW_OTELCOL, CLEW_LOKI_PROGRAM, CLEW_TEMPO_PROGRAM, CLEW_PROMETHEUS_PROGRAM, .cache/native, PATH)
or built with Go, which takes 10 to 15 minutes the first time. Variables of collector-config.yaml are handed on.

  --data DIR   where files and databases go (default: ./data)
  --help       this text
`

const PORTS: StackPorts = {
  collector: { otlpHttp: 4318, otlpGrpc: 4317, health: 13_133, ownMetrics: 8888 },
  applicationMetrics: 8889,
  loki: { http: 3100, grpc: 9096 },
  tempo: { http: 3200, grpc: 9097, otlpHttp: 14_318, otlpGrpc: 14_317, memberlist: 7946 },
  prometheus: 9090,
}

try {
  const { values } = parseArgs({ options: { data: { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help === true) console.log(HELP)
  else await run(resolve(values.data ?? 'data'))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function run(dataDir: string): Promise<void> {
  const programs = await stackPrograms()
  if ('missing' in programs) throw new Error(programs.missing)
  mkdirSync(dataDir, { recursive: true })
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('CLEW_')))
  const stack = await startStack({ programs, dataDir, env: env as Record<string, string>, ports: PORTS })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stack.stop())
  console.log(`OTLP        ${stack.collector.endpoint} (HTTP), 127.0.0.1:${PORTS.collector.otlpGrpc} (gRPC)
files       ${join(dataDir, 'collector')}
Loki        ${stack.loki.url}
Tempo       ${stack.tempo.url}
Prometheus  ${stack.prometheus.url}
Ctrl+C ends everything; the data stays.`)
}
