/** How Redis operations are recorded. */
export interface RedisSettings {
  /** From this duration on, in milliseconds, a command that does not wait by design is told as slow. @default 100 */
  readonly slowMillis: number
}
