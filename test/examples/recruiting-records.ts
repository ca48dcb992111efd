import type { Line } from './recruiting-told.ts'

const ASKED = 'DEBUG http request received'
const KNOWN = [ASKED, 'DEBUG log_in known']
const answered = (level: string): string => `${level} http API_REQUEST`
const LOGGED_IN = [
  ASKED,
  'DEBUG log_in login attempt',
  'INFO audit login SUCCESS',
  'INFO security TOKEN_CREATED create_token SUCCESS',
  answered('INFO'),
]
const REFUSED = [ASKED, 'DEBUG log_in login attempt', 'WARNING security LOGIN_FAILED login FAILED', answered('WARNING')]
const PLANNED = [...KNOWN, 'INFO interviews plan_interview completed']

/** All that the service says of the visit, by request, by WebSocket session, and of itself. */
export const SAID: Readonly<Record<string, readonly string[]>> = {
  itself: [
    'INFO system STARTUP',
    'INFO service connecting',
    'INFO redis redis.connected',
    'INFO system READY',
    'INFO system SHUTDOWN',
    'INFO system SHUTDOWN live transcripts',
    'INFO system SHUTDOWN http server',
    'INFO redis redis.disconnected',
    'INFO system SHUTDOWN interviews',
    'INFO system STOPPED',
  ],
  r1: REFUSED,
  r2: REFUSED,
  r3: REFUSED,
  r4: REFUSED,
  r5: REFUSED.toSpliced(3, 0, 'ERROR security SUSPICIOUS_ACTIVITY'),
  r6: REFUSED,
  r7: LOGGED_IN,
  r8: LOGGED_IN,
  r9: [
    ...KNOWN,
    'INFO audit resume_upload SUCCESS',
    'INFO audit resume_upload SUCCESS',
    'WARNING audit resume_upload FAILED',
    'INFO audit bulk_upload SUCCESS',
    'INFO resumes reading',
    'INFO audit text_extraction SUCCESS',
    'INFO resumes reading',
    'WARNING console nothing in it',
    'WARNING audit text_extraction FAILED',
    answered('INFO'),
  ],
  r10: [...PLANNED, 'INFO http EXTERNAL_API_CALL', 'INFO audit schedule_interview SUCCESS', answered('INFO')],
  r11: [
    ...PLANNED,
    'WARNING http EXTERNAL_API_CALL',
    'WARNING calendar not invited: {"authorization":"[REDACTED]"}',
    'INFO audit schedule_interview SUCCESS',
    answered('INFO'),
  ],
  r12: [...KNOWN, 'WARNING security PERMISSION_DENIED delete_interview DENIED', answered('WARNING')],
  r13: [...KNOWN, 'INFO audit delete_interview SUCCESS', answered('INFO')],
  r14: [...KNOWN, 'INFO audit rebuild_index SUCCESS', 'INFO system MAINTENANCE', answered('INFO')],
  r15: [ASKED, 'WARNING security UNAUTHENTICATED_ACCESS GET /interviews DENIED', answered('WARNING')],
  r16: [...KNOWN, 'WARNING ranking slow operation: rank_candidate', answered('WARNING')],
  r17: [...KNOWN, 'ERROR api request failed', answered('ERROR')],
  refused: [
    'INFO websocket websocket.connected',
    'WARNING security UNAUTHENTICATED_ACCESS live_transcript DENIED',
    'INFO websocket websocket.disconnected',
  ],
  held: [
    'INFO websocket websocket.connected',
    'INFO transcripts transcript_published',
    'INFO transcripts transcript_published',
    'INFO websocket websocket.disconnected',
  ],
}

/** The lines in the same form; without Redis commands that were slow, as on a machine with much to do. */
export function saidBy(lines: readonly Line[]): Record<string, string[]> {
  const said: Record<string, string[]> = {}
  for (const line of lines) if (line.message !== 'slow Redis command') (said[placeOf(line)] ??= []).push(inShort(line))
  return said
}

/** WebSocket upgrades have request ids that clew made. */
export function placeOf({ request_id: request, session_id: session }: Line): string {
  if (typeof request !== 'string') return 'itself'
  return /^r\d+$/.test(request) ? request : session === 's-refused' ? 'refused' : 'held'
}

export function inShort({ level, component, event, message, action, status, metadata }: Line): string {
  const what = event === undefined ? message : event === 'USER_ACTION' ? undefined : event
  return [level, component, what, action, status, metadata?.['clew.part']].filter(Boolean).join(' ')
}
