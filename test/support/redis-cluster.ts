import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './redis-server.ts'
import { until } from './until.ts'

const SLOTS = 16_384

/** One master of a cluster: a process. */
export interface ClusterNode {
  readonly port: number
  readonly id: string
  /** Says a command to it alone. @returns the reply, as it is on the wire */
  command(...words: string[]): Promise<string>
  kill(): Promise<void>
  /** Starts it anew after `kill`, as the same node; nothing happens while it runs. */
  start(): Promise<void>
}

/** A real cluster of three masters. */
export interface RedisCluster {
  readonly nodes: readonly ClusterNode[]
  stop(): Promise<void>
}

class Node implements ClusterNode {
  readonly port: number
  id = ''
  readonly busPort: number
  readonly #directory: string
  #child: ChildProcess | undefined

  constructor(port: number, busPort: number, directory: string) {
    this.port = port
    this.busPort = busPort
    this.#directory = directory
  }

  async start(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) return
    const settings = {
      port: this.port,
      'cluster-port': this.busPort,
      bind: '127.0.0.1',
      save: '',
      appendonly: 'no',
      'cluster-enabled': 'yes',
      'cluster-node-timeout': 2_000,
      'cluster-require-full-coverage': 'no',
      dir: this.#directory,
    }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
    this.#child = spawn('redis-server', args, { stdio: 'ignore' })
    await until(`a node on port ${this.port}`, async () =>
      (await this.command('PING').catch(() => '')).startsWith('+PONG'),
    )
    this.id = (await this.command('CLUSTER', 'MYID')).split('\r\n')[1] ?? ''
  }

  command(...words: string[]): Promise<string> {
    const text = `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(text))
      socket.once('error', reject)
      socket.once('data', (data) => {
        socket.destroy()
        resolve(data.toString())
      })
    })
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  async remove(): Promise<void> {
    await this.kill()
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** Starts three masters that share all slots, each a process with a directory of its own. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(
    [0, 1, 2].map(
      async () => new Node(await freePort(), await freePort(), await mkdtemp(join(tmpdir(), 'clew-cluster-'))),
    ),
  )
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.remove())))
  try {
    await Promise.all(nodes.map((node) => node.start()))
    const share = Math.ceil(SLOTS / nodes.length)
    for (const [index, node] of nodes.entries()) {
      const last = Math.min(SLOTS, (index + 1) * share) - 1
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(index * share), String(last))
      const [first] = nodes as [Node]
      if (index > 0) await node.command('CLUSTER', 'MEET', '127.0.0.1', String(first.port), String(first.busPort))
    }
    await until('all nodes to know each other', () => allAgree(nodes))
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, stop }
}

/** Whether each master knows of all, and has nothing to complain of. */
export async function allAgree(nodes: readonly ClusterNode[]): Promise<boolean> {
  const told = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO').catch(() => '')))
  return told.every((text) => text.includes('cluster_state:ok') && text.includes(`cluster_known_nodes:${nodes.length}`))
}
