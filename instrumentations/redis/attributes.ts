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
  /** The digest of a script, or the name of a function. */
  procedure: 'db.stored_procedure.name',
  /** The first word of an error reply, such as `WRONGTYPE`. */
  statusCode: 'db.response.status_code',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  peerAddress: 'network.peer.address',
  peerPort: 'network.peer.port',
  errorType: 'error.type',
  poolName: 'db.client.connection.pool.name',
  poolState: 'db.client.connection.state',
  /** The command in small letters, as people write it in code. */
  recordOperation: 'clew.operation',
  durationMillis: 'clew.duration_ms',
  /** The first key without what is particular in it: `user:*:cart`. */
  keyPattern: 'clew.redis.key_pattern',
  /** Commands of a transaction or pipeline that failed. */
  failedCommands: 'clew.redis.failed_commands',
  /** Whether a transaction was given up, since a watched key was changed. */
  discarded: 'clew.redis.discarded',
  /** Connection attempts that failed in a row. */
  attempts: 'clew.redis.attempts',
} as const

/** @see https://opentelemetry.io/docs/specs/semconv/database/database-metrics/ */
export const METRICS = {
  duration: 'db.client.operation.duration',
  connections: 'db.client.connection.count',
  waiting: 'db.client.connection.pending_requests',
  createTime: 'db.client.connection.create_time',
  waitTime: 'db.client.connection.wait_time',
  /** Commands that were asked for and have no answer yet. */
  pending: 'clew.redis.pending_commands',
} as const

/** Names of the events that are recorded about connections. */
export const EVENTS = {
  connected: 'redis.connected',
  reconnected: 'redis.reconnected',
  disconnected: 'redis.disconnected',
  connectionFailed: 'redis.connection_failed',
} as const
