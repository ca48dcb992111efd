/** A request that the load driver sent, and what it got. */
export interface SentRequest {
  /** Sent as `x-request-id`, so that the driver can tell its own. */
  readonly id: string
  readonly method: string
  readonly route: string
  readonly path: string
  readonly status: number
  /** Who was logged in, as far as the driver knows. */
  readonly user: string | undefined
  /** The interview in the path, or the one that was created. */
  readonly session: string | undefined
}

/** A WebSocket session that the load driver held. */
export interface HeldSocket {
  readonly session: string
  readonly chunks: number
  /** Lengths of the transcripts that the service said it published. */
  readonly published: readonly number[]
  readonly closeCode: number
}

/** What the load driver did. Nothing in here comes from the service's telemetry. */
export class Tally {
  readonly requests: SentRequest[] = []
  readonly sockets: HeldSocket[] = []
  /** Requests and sockets that failed on the way: then the load itself was not what it should be. */
  readonly troubles: string[] = []

  /** How many requests of a route had this status. */
  count(method: string, route: string, status?: number): number {
    return this.requests.filter(
      (one) => one.method === method && one.route === route && (status === undefined || one.status === status),
    ).length
  }
}
