import { build } from './board.ts'
import { field, logsLink, VALUE } from './links.ts'
import { bars, LEVEL_COLORS, logs as logsPanel, value } from './panels.ts'
import { counted, countedNow, records } from './queries.ts'
import { countAll, countEach, streams } from './selectors.ts'
import { seriesTable } from './tables.ts'
import { havingTyped, typedFields, type TypedField } from './typed.ts'
import { chosenByRecords, someOf, typed } from './variables.ts'

const FIELDS: readonly TypedField[] = [
  { name: 'component', title: 'Component', description: 'Its name', label: 'scope_name' },
  { name: 'user', title: 'User', description: 'The user’s id', label: 'user_id' },
  { name: 'session', title: 'Session', description: 'The session’s id', label: 'session_id' },
  { name: 'tenant', title: 'Tenant', description: 'The tenant’s id', label: 'clew_tenant_id' },
  { name: 'request', title: 'Request', description: 'The request’s id', label: 'clew_request_id' },
  { name: 'trace', title: 'Trace', description: 'The trace’s id', label: 'trace_id' },
]
const SEARCH = `|~ \`(?i)\${text:regex}\` ${havingTyped(FIELDS)}`
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
    ...typedFields(FIELDS),
  ],
  rows: { 'How many': counts, 'What is said': found },
})
