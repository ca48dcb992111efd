/** Telemetry of one kind and worth. Order holds inside a lane; lanes do not wait for each other. */
export type LaneName = 'audit' | 'warning' | 'log' | 'trace' | 'metric'

/** What a lane's entries are on the wire. */
export type Signal = 'logs' | 'traces' | 'metrics'

export const LANES: readonly LaneName[] = Object.freeze(['audit', 'warning', 'log', 'trace', 'metric'])

/** Lanes from the first to give up its oldest segment, when room runs out, to the last. Audit never does. */
export const LANES_TO_DROP: readonly LaneName[] = Object.freeze(['metric', 'trace', 'log', 'warning'])

export function signalOf(lane: LaneName): Signal {
  return lane === 'trace' ? 'traces' : lane === 'metric' ? 'metrics' : 'logs'
}
