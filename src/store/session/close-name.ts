/** @see https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number */
const NAMES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status received',
  1006: 'abnormal closure',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake failed',
}

/** What a close code is called where the record itself does not say; null for codes of applications. */
export function closeName(code: number | null): string | null {
  return code === null ? null : (NAMES[code] ?? null)
}
