import type { ClientPools } from './client-pools.ts'
import type { ConnectionRecords } from './connection-records.ts'
import type { OperationRoad } from './operation-road.ts'
import type { WatchedCalls } from './watched-calls.ts'

/** What those who watch clients have in common. */
export interface ClientWatch {
  readonly road: OperationRoad
  readonly connections: ConnectionRecords
  readonly pools: ClientPools
  readonly calls: WatchedCalls
}
