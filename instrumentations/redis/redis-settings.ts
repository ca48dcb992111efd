/** How Redis operations are recorded. */
export interface RedisSettings {
  /** From this duration on, in milliseconds, a command that does not wait by design is told as slow. */
  readonly slowMillis: number
  /** Whether entries that are added to a stream carry their trace. */
  readonly streamContext: boolean
  /** Names of commands that are not told of, in any case. */
  readonly ignoreCommands: readonly string[]
  /** Whether commands get a span only inside of another one. */
  readonly requireParent: boolean
}
