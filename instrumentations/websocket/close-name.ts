/** @see https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number */
const NAMES: Readonly<Record<number, string>> = {
  1000: 'normal',
  1001: 'going_away',
  1002: 'protocol_error',
  1003: 'unsupported_data',
  1005: 'no_status',
  1006: 'abnormal',
  1007: 'invalid_payload',
  1008: 'policy_violation',
  1009: 'message_too_big',
  1010: 'mandatory_extension',
  1011: 'internal_error',
  1012: 'service_restart',
  1013: 'try_again_later',
  1014: 'bad_gateway',
  1015: 'tls_handshake',
  3000: 'unauthorized',
  3003: 'forbidden',
  3008: 'timeout',
}

/** The name of a close code; `application` for those that libraries and programs define, `unknown` for all others: few enough for a metric. */
export function closeName(code: number): string {
  return NAMES[code] ?? (code >= 3000 && code <= 4999 ? 'application' : 'unknown')
}
