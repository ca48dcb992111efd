import { readFileSync } from 'node:fs'

/** The alert rules that hold where nobody wrote others, as they are committed and shipped. */
export const DEFAULT_ALERTS = readFileSync(new URL('../../stack/alerts.yaml', import.meta.url), 'utf8')
