import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FoundProgram } from './found-program.ts'
import { freePorts } from './free-ports.ts'
import { findOrBring } from './maven.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** A real Kafka: one broker that is its own controller (KRaft), without security, on 127.0.0.1. */
export interface Kafka extends ServerProcess {
  /** What clients take as bootstrap servers. */
  readonly brokers: string
  readonly ports: KafkaPorts
  /** Runs one of Kafka's own tools against it and answers what that printed on stdout. @throws when it fails */
  tool(name: string, ...args: readonly string[]): Promise<string>
}

/** Ports of one Kafka. */
export interface KafkaPorts {
  readonly clients: number
  readonly controller: number
}

/** How to start one. */
export interface KafkaOptions {
  readonly program: string
  /** Where its data goes; kept when it stops. */
  readonly dataDir: string
  /** @default free ones */
  readonly ports?: KafkaPorts | undefined
}

const run = promisify(execFile)

/** Kafka 4.3: the cache, or Maven Central (44 MB). @throws when Maven fails */
export async function kafkaProgram(): Promise<FoundProgram> {
  return await findOrBring({
    name: 'kafka',
    pom: join(import.meta.dirname, 'kafka/pom.xml'),
    goal: 'copy-dependencies',
    script: 'exec java -Xmx256m -XX:+UseSerialGC -cp "$here/lib/*" "$@"',
  })
}

/** Starts it and resolves when it takes connections. The caller stops it. @throws with what it printed */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const { program, dataDir } = options
  const [clients = 0, controller = 0] = await freePorts(2)
  const ports = options.ports ?? { clients, controller }
  const brokers = `127.0.0.1:${ports.clients}`
  const config = join(dataDir, 'server.properties')
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(config, properties(dataDir, ports))
  const format = ['format', '--ignore-formatted', '--cluster-id', 'Y2xldy10ZXN0LWthZmthMA', '--config', config]
  await run(program, ['kafka.tools.StorageTool', ...format])
  const server = await startServer({
    name: 'Kafka',
    program,
    args: ['kafka.Kafka', config],
    cwd: dataDir,
    env: { PATH: process.env['PATH'] ?? '' },
    readyUrl: `tcp://${brokers}`,
    readyTimeoutMillis: 180_000,
  })
  const tool = async (name: string, ...args: readonly string[]): Promise<string> => {
    const all = [`org.apache.kafka.tools.${name}`, '--bootstrap-server', brokers, ...args]
    return (await run(program, all, { maxBuffer: 64 * 1024 * 1024 })).stdout
  }
  return { ...server, brokers, ports, tool }
}

function properties(dataDir: string, { clients, controller }: KafkaPorts): string {
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=PLAINTEXT://127.0.0.1:${clients},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${clients}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${join(dataDir, 'data')}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
  ]
  return `${lines.join('\n')}\n`
}
