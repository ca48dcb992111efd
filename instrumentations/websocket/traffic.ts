/** What is counted apart. */
export const KINDS = ['text', 'binary', 'ping', 'pong'] as const
export type Kind = 0 | 1 | 2 | 3
export const [TEXT, BINARY, PING, PONG] = [0, 1, 2, 3] as const

/** What went in one direction, by kind: messages first, then their bytes. */
export class Traffic {
  readonly #counts = [0, 0, 0, 0, 0, 0, 0, 0]

  /** @param messages 0 for a fragment that others follow */
  add(kind: Kind, bytes: number, messages = 1): void {
    const counts = this.#counts
    ;(counts[kind] as number) += messages
    ;(counts[kind + KINDS.length] as number) += bytes
  }

  addAll(other: Traffic): void {
    for (let at = 0; at < this.#counts.length; at++) (this.#counts[at] as number) += other.#counts[at] as number
  }

  messages(kind: Kind): number {
    return this.#counts[kind] as number
  }

  bytes(kind: Kind): number {
    return this.#counts[kind + KINDS.length] as number
  }

  /** All messages of the application: what can change tells whether there was one. */
  get dataMessages(): number {
    return this.messages(TEXT) + this.messages(BINARY)
  }

  get dataBytes(): number {
    return this.bytes(TEXT) + this.bytes(BINARY)
  }
}

/** The kinds with messages as fields: `websocket.messages.received_text`; those without any are left out. */
export function kindFields(traffic: Traffic, direction: 'received' | 'sent'): Record<string, number> {
  const fields: Record<string, number> = {}
  for (const [kind, name] of KINDS.entries()) {
    if (traffic.messages(kind as Kind) === 0 && traffic.bytes(kind as Kind) === 0) continue
    fields[`websocket.messages.${direction}_${name}`] = traffic.messages(kind as Kind)
    fields[`websocket.bytes.${direction}_${name}`] = traffic.bytes(kind as Kind)
  }
  return fields
}
