import type { SessionState } from '../api/contract.ts'

export const STATE_NAMES: Readonly<Record<SessionState, string>> = {
  open: 'Open',
  broken_off: 'Broken off',
  left_open: 'Left open',
  closed: 'Closed',
}

/** A session's state as a word with a mark; the mark of an open one moves, that of a broken one has a gap. */
export function StateTag({ state }: { state: SessionState | null }) {
  if (state === null || !Object.hasOwn(STATE_NAMES, state)) return <span class="state">–</span>
  return (
    <span class="state" data-state={state}>
      <span class="state-mark" aria-hidden="true" />
      {STATE_NAMES[state]}
    </span>
  )
}

/** Which end of the connection: the server's or the client's. */
export function RoleTag({ role }: { role: string | null }) {
  return role === null ? null : <span class="tag">{role}</span>
}
