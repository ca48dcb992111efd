import { build } from './board.ts'
import { field, logsLink, VALUE } from './links.ts'
import { bars, LEVEL_COLORS, logs as logsPanel, value } from './panels.ts'
import { counted, countedNow, records } from './queries.ts'
import { countAll, countEach, streams } from './selectors.ts'
import { seriesTable } from './tables.ts'
import { chosenByRecords, someOf, typed } from './variables.ts'

/** What is typed is meant as it stands, not as an expression; ids may be typed in part, from their beginning. */
const startsWith = (label: string, variable: string): string => `| ${label}=~\`\${${variable}:regex}.*\``

const SEARCH = [
  '|~ `(?i)${text:regex}`',
  startsWith('scope_name', 'component'),
  startsWith('user_id', 'user'),
  startsWith('session_id', 'session'),
  startsWith('clew_tenant_id', 'tenant'),
  startsWith('clew_request_id', 'request'),
  startsWith('trace_id', 'trace'),
].join(' ')
const FOUND = streams('level=~"$level"', SEARCH)
const FOUND_ERRORS = streams('level=~"ERROR|CRITICAL"', SEARCH)

const counts = [
  bars({
    title: 'Records by level',
    description:
      'What the search finds, by level. A wall of one level that was not there before is worth a look: choose it above.',
    unit: 'short',
    width: 16,
    colors: LEVEL_COLORS,
    queries: [counted(countEach('level', FOUND), '{{level}}')],
  }),
  seriesTable({
    title: 'Components among errors',
    description: 'Which components the errors come from that the search finds. Click one to see only its records.',
    width: 8,
    queries: [countedNow(`topk(10, ${countAll(FOUND_ERRORS, 'service_name, scope_name')})`)],
    columns: [
      { from: 'service_name', title: 'Service' },
      {
        from: 'scope_name',
        title: 'Component',
        link: logsLink('Its records', { service: field('Service'), component: VALUE }),
      },
      { from: 'Value #A', title: 'Errors', width: 90 },
    ],
    sortBy: 'Errors',
  }),
]

const found = [
  value({
    title: 'Records found',
    description:
      'All records that the search finds in the time that is shown; the list below has the newest 500. Too many: choose a level, a component or a shorter time.',
    unit: 'short',
    width: 24,
    height: 3,
    queries: [countedNow(countAll(FOUND))],
  }),
  logsPanel({
    title: 'Records',
    description:
      'Open a record for all its fields; its trace shows what happened around it. Nothing here: widen the time, empty the fields above, and look at Pipeline whether records arrive.',
    width: 24,
    height: 22,
    queries: [records(FOUND, 500)],
  }),
]

/** The search among all records. */
export const logs = build({
  name: 'logs',
  title: 'Logs',
  description: 'Search among all records: by text, level, component, user, session, tenant, request and trace.',
  variables: [
    ...chosenByRecords,
    someOf('level', 'Level', ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']),
    typed('text', 'Text', 'Part of the message or of the stack, in capitals or not'),
    typed('component', 'Component', 'Its name, from its beginning'),
    typed('user', 'User', 'The user’s id, from its beginning'),
    typed('session', 'Session', 'The session’s id, from its beginning'),
    typed('tenant', 'Tenant', 'The tenant’s id, from its beginning'),
    typed('request', 'Request', 'The request’s id, from its beginning'),
    typed('trace', 'Trace', 'The trace’s id, from its beginning'),
  ],
  rows: { 'How many': counts, 'What is said': found },
})
