/** What is asked of a Redis server, the same for both libraries. */
export interface RedisCall {
  /** In capital letters. */
  readonly name: string
  /** Without the command's name; some are already left out by the library. */
  readonly args: readonly unknown[]
  readonly database: number | undefined
  readonly serverAddress: string | undefined
  readonly serverPort: number | undefined
  /** How many commands it holds, when it is a transaction or pipeline. */
  readonly batchSize?: number | undefined
}

interface Target {
  readonly database?: number
  readonly serverAddress?: string
  readonly serverPort?: number
}

/** What `redis` and `ioredis` publish about a command. */
export interface CommandMessage extends Target {
  readonly command: string
  readonly args: readonly unknown[]
}

/** What they publish about a transaction or pipeline. */
export interface BatchMessage extends Target {
  readonly batchMode: string
  readonly batchSize: number
}

const MAX_NAME = 40

/** @param nameFirst whether the arguments begin with the command's name, as in `redis` */
export function commandCall(
  { command, args, database, serverAddress, serverPort }: CommandMessage,
  nameFirst: boolean,
): RedisCall {
  const name = command.toUpperCase().slice(0, MAX_NAME)
  return { name, args: nameFirst ? args.slice(1) : args, database, serverAddress, serverPort }
}

export function batchCall({ batchMode, batchSize, database, serverAddress, serverPort }: BatchMessage): RedisCall {
  return { name: batchMode.toUpperCase(), args: [], batchSize, database, serverAddress, serverPort }
}
