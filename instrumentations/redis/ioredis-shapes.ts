import type { RedisOperation } from './redis-operation.ts'

/** Where a command keeps its operation: a map from commands would be slower than all else that is done for one. */
export const OPERATION = Symbol('clew.operation')

/** A command of `ioredis`. */
export interface IoredisCommand {
  [OPERATION]?: RedisOperation
  readonly name: string
  readonly args: unknown[]
  resolve: (this: void, reply: unknown) => unknown
  reject: (this: void, error: unknown) => void
}

/** A client of `ioredis`, or a cluster. */
export interface IoredisClient {
  readonly isCluster?: boolean
  readonly status: string
  readonly manuallyClosing?: boolean
  readonly condition?: { readonly select?: number } | null
  readonly options: {
    readonly path?: string
    readonly host?: string
    /** As a program gives it. */
    readonly port?: number | string
    readonly db?: number
    readonly connectionName?: string
  }
  readonly stream?: { readonly remoteAddress?: string; readonly remotePort?: number }
}

/** Commands by which a connection is set up: what comes of them is told of the connection. */
export const HANDSHAKE: ReadonlySet<string> = new Set(['hello', 'auth', 'select', 'readonly', 'client', 'info'])
