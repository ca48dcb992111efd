import type { KnownSession } from '../session/known-session.ts'
import type { Database } from './database.ts'

/** What is known of the processes of a session without an end. */
export interface InstanceSigns {
  /** When its own process said that it stopped. */
  readonly stoppedMillis: number | null
  /** When its instance began again as another process. */
  readonly restartedMillis: number | null
  /** When another process of its service began on its host. */
  readonly beganAnewMillis: number | null
}

/** The newest time of a group, whose it is, and the newest that is somebody else's. */
interface Newest {
  id: number
  millis: number
  othersMillis: number | null
}

interface ServiceTimes {
  readonly stopped: Map<number, number>
  /** By instance, of processes. */
  readonly byInstance: Map<string, Newest>
  /** By host, of resources. */
  readonly byHost: Map<string, Newest>
}

const NONE: InstanceSigns = { stoppedMillis: null, restartedMillis: null, beganAnewMillis: null }
const INSTANCES = `select resource_id, instance_id, host, pid, started_millis, stopped_millis from instances where service is ?`

/** Beginnings and ends of processes for one query: those of a service are read once, when its first session without an end comes. */
export class InstanceTimes {
  readonly #database: Database
  readonly #services = new Map<string | null, ServiceTimes>()

  constructor(database: Database) {
    this.#database = database
  }

  /** What they say of a session; nothing of one that ended. */
  of({ end, service, resourceId, instanceId, host, pid }: KnownSession): InstanceSigns {
    if (end !== null) return NONE
    const { stopped, byInstance, byHost } = this.#service(service)
    return {
      stoppedMillis: stopped.get(resourceId) ?? null,
      restartedMillis: service === null ? null : newestOfOthers(byInstance, instanceId, pid),
      beganAnewMillis: service === null ? null : newestOfOthers(byHost, host, resourceId),
    }
  }

  #service(service: string | null): ServiceTimes {
    const known = this.#services.get(service)
    if (known !== undefined) return known
    const times: ServiceTimes = { stopped: new Map(), byInstance: new Map(), byHost: new Map() }
    this.#services.set(service, times)
    for (const row of this.#database.all(INSTANCES, service)) {
      const {
        resource_id: id,
        instance_id: instance,
        host,
        pid,
        started_millis: started,
        stopped_millis: stopped,
      } = row
      if (typeof id !== 'number') continue
      if (typeof stopped === 'number') times.stopped.set(id, stopped)
      if (typeof started !== 'number') continue
      if (typeof instance === 'string' && typeof pid === 'number') note(times.byInstance, instance, [pid, started])
      if (typeof host === 'string') note(times.byHost, host, [id, started])
    }
    return times
  }
}

function note(groups: Map<string, Newest>, group: string, [id, millis]: readonly [number, number]): void {
  const newest = groups.get(group)
  if (newest === undefined) groups.set(group, { id, millis, othersMillis: null })
  else if (id === newest.id) newest.millis = Math.max(newest.millis, millis)
  else if (millis > newest.millis) Object.assign(newest, { id, millis, othersMillis: newest.millis })
  else newest.othersMillis = Math.max(newest.othersMillis ?? millis, millis)
}

function newestOfOthers(groups: Map<string, Newest>, group: string | null, id: number | null): number | null {
  const newest = group === null || id === null ? undefined : groups.get(group)
  if (newest === undefined) return null
  return newest.id === id ? newest.othersMillis : newest.millis
}
