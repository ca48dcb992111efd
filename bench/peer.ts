import type { Call } from './workload.ts'

/** A logger as a service would set it up. What it can't do is left out. */
export interface Peer {
  readonly info: Call
  /** By a child with the fields `BOUND`, or what comes next to it. */
  readonly child?: Call
  readonly error?: Call
  /** Told on a channel of its own, of which nothing is left out. */
  readonly audit?: Call
  /** Below the level that is on. */
  readonly off?: Call
  /** The same, in the way that the peer has for it: a function instead of a message, a question asked before. */
  readonly guarded?: Call
  /** Below the level, but kept for the case that the trace fails. */
  readonly held?: Call
  /** Counted instead of said. */
  readonly count?: Call
  /** Runs a function inside an active span, where that needs something else than OpenTelemetry's API. */
  readonly inSpan?: <R>(fn: () => Promise<R>) => Promise<R>
  /** Sends what there is to send and stops, as the peer's manual says a program should before it ends. */
  readonly close?: () => Promise<unknown>
}

/** What each file in `peers/` exports as `open`. @param option what stands behind the colon: which of its set-ups */
export type OpenPeer = (option: string) => Peer | Promise<Peer>

/** Opens a peer named as on the command line: `pino`, `otel:json`. */
export async function openPeer(spec: string | undefined): Promise<Peer> {
  const [name = '', option = ''] = (spec ?? '').split(':')
  const { open } = (await import(`./peers/${name}.ts`)) as { open: OpenPeer }
  return open(option)
}
