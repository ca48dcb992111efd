/**
 * Attribute keys of Redis operations: OpenTelemetry's stable ones for databases, and clew's own.
 * @see https://opentelemetry.io/docs/specs/semconv/database/redis/
 */
export const ATTRIBUTES = {
  system: 'db.system.name',
  operation: 'db.operation.name',
  batchSize: 'db.operation.batch.size',
  /** The number of the database. */
  namespace: 'db.namespace',
  /** The command with `?` for every argument. */
  queryText: 'db.query.text',
  /** The first word of an error reply, such as `WRONGTYPE`. */
  statusCode: 'db.response.status_code',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
  /** The command in small letters, as people write it in code. */
  recordOperation: 'clew.operation',
  durationMillis: 'clew.duration_ms',
  /** The first key without what is particular in it: `user:*:cart`. */
  keyPattern: 'clew.redis.key_pattern',
  /** Connection attempts that failed in a row. */
  attempts: 'clew.redis.attempts',
} as const

/** @see https://opentelemetry.io/docs/specs/semconv/database/database-metrics/ */
export const DURATION_METRIC = 'db.client.operation.duration'

/** Names of the events that are recorded about connections. */
export const EVENTS = {
  connected: 'redis.connected',
  reconnected: 'redis.reconnected',
  disconnected: 'redis.disconnected',
  connectionFailed: 'redis.connection_failed',
} as const
