import { build } from './board.ts'
import { logsLink, traceLink, VALUE } from './links.ts'
import { bars, logs, value } from './panels.ts'
import { counted, countedNow, records } from './queries.ts'
import { countAll, countEach, streams } from './selectors.ts'
import { recordTable, seriesTable, type Column } from './tables.ts'
import { havingTyped, typedFields, type TypedField } from './typed.ts'
import { chosenByRecords } from './variables.ts'

const FIELDS: readonly TypedField[] = [
  { name: 'user', title: 'User', description: 'The user’s id', label: 'user_id' },
  { name: 'tenant', title: 'Tenant', description: 'The tenant’s id', label: 'clew_tenant_id' },
  { name: 'address', title: 'Address', description: 'The client’s address', label: 'client_address' },
]
const audited = (pipeline: string): string => streams('channel="audit"', `${pipeline} ${havingTyped(FIELDS)}`)

const FAILED_LOGINS = audited('| event_name="LOGIN_FAILED"')
const LOGINS = audited('| clew_action="login" | clew_status="SUCCESS"')
const COMING_AND_GOING = audited('| clew_action=~"login|logout|register|create_token|revoke_token"')
const DENIALS = audited('| event_name=~"PERMISSION_DENIED|UNAUTHENTICATED_ACCESS"')
const SUSPICIOUS = audited('| event_name="SUSPICIOUS_ACTIVITY"')
const ADMIN = audited('| clew_admin_operation="true"')
const DATA = audited('| clew_resource_type!=""')
const ACTIONS = audited('| event_name="USER_ACTION"')
const ALL = audited('| scope_name!="websocket"')

const WHO: readonly Column[] = [
  { from: 'Time', title: 'Time', width: 180 },
  { from: 'service_name', title: 'Service', width: 130 },
  { from: 'user_id', title: 'User', link: logsLink('Records of the user', { user: VALUE }) },
  { from: 'client_address', title: 'Address', width: 140 },
  { from: 'clew_action', title: 'Action' },
  { from: 'clew_status', title: 'Status', width: 100 },
]
const TRACE: Column = { from: 'trace_id', title: 'Trace', link: traceLink }

const now = [
  value({
    title: 'Suspicious activity',
    description:
      'A user failed 5 times, or an address 20 times, within 15 minutes. Look at once: the row “Suspicious” says who. Someone who forgot a password stops; someone who tries passwords goes on.',
    unit: 'short',
    width: 4,
    bad: 1,
    noValue: '0',
    queries: [countedNow(countAll(SUSPICIOUS))],
  }),
  value({
    title: 'Failed log-ins',
    description:
      'Log-ins with a wrong user or password. Many by one address: somebody tries. Many by all users: the log-in itself is broken.',
    unit: 'short',
    width: 4,
    warn: 20,
    bad: 200,
    noValue: '0',
    queries: [countedNow(countAll(FAILED_LOGINS))],
  }),
  value({
    title: 'Log-ins',
    description: 'Log-ins that succeeded. None at a time when there are always some: people can’t get in.',
    unit: 'short',
    width: 4,
    noValue: '0',
    queries: [countedNow(countAll(LOGINS))],
  }),
  value({
    title: 'Denied',
    description:
      'Something was asked for by someone who may not have it, or who is not logged in. Many of one user: a role is missing, or somebody looks around.',
    unit: 'short',
    width: 4,
    warn: 20,
    bad: 200,
    noValue: '0',
    queries: [countedNow(countAll(DENIALS))],
  }),
  value({
    title: 'Operations of administrators',
    description: 'What administrators did. Each of them should be known to somebody: the list is below.',
    unit: 'short',
    width: 4,
    noValue: '0',
    queries: [countedNow(countAll(ADMIN))],
  }),
  value({
    title: 'Data touched',
    description:
      'How often something of the application’s was made, read, changed, deleted or listed, as far as it says so.',
    unit: 'short',
    width: 4,
    noValue: '0',
    queries: [countedNow(countAll(DATA))],
  }),
]

const logIns = [
  bars({
    title: 'Log-ins and log-outs',
    description:
      'When people come and go. Log-ins at a time when nobody works, or failures that follow a regular beat, are programs, not people.',
    unit: 'short',
    width: 12,
    colors: { 'login SUCCESS': 'green', 'login FAILED': 'red' },
    queries: [counted(countEach('clew_action, clew_status', COMING_AND_GOING), '{{clew_action}} {{clew_status}}')],
  }),
  seriesTable({
    title: 'Failed log-ins by user',
    description:
      'Whose password was wrong most often. One user from many addresses: block the account until its owner is asked.',
    width: 6,
    queries: [countedNow(`topk(10, ${countAll(FAILED_LOGINS, 'user_id')})`)],
    columns: [
      { from: 'user_id', title: 'User', link: logsLink('Records of the user', { user: VALUE }) },
      { from: 'Value #A', title: 'Failed', width: 90 },
    ],
    sortBy: 'Failed',
  }),
  seriesTable({
    title: 'Failed log-ins by address',
    description: 'Where they came from. Many users from one address: somebody tries a list; block the address.',
    width: 6,
    queries: [countedNow(`topk(10, ${countAll(FAILED_LOGINS, 'client_address')})`)],
    columns: [
      { from: 'client_address', title: 'Address' },
      { from: 'Value #A', title: 'Failed', width: 90 },
    ],
    sortBy: 'Failed',
  }),
]

const denied = [
  bars({
    title: 'Denials',
    description:
      'Denied permissions and access without a log-in. A step up after a release: a permission was forgotten.',
    unit: 'short',
    width: 8,
    queries: [counted(countEach('event_name', DENIALS), '{{event_name}}')],
  }),
  recordTable({
    title: 'Denied, one by one',
    description: 'Who wanted what, and why not. A user in every line lacks a role, or looks around: ask.',
    width: 16,
    queries: [records(DENIALS, 200)],
    columns: [...WHO, { from: 'clew_reason', title: 'Why' }, TRACE],
  }),
  logs({
    title: 'Suspicious',
    description: 'Who failed too often, and how often. Ask the owner of the account; block the address if it goes on.',
    width: 24,
    height: 6,
    queries: [records(SUSPICIOUS, 100)],
  }),
]

const doings = [
  recordTable({
    title: 'Operations of administrators, one by one',
    description: 'Who did what to whom. What nobody can explain is an incident.',
    width: 24,
    height: 7,
    queries: [records(ADMIN, 200)],
    columns: [...WHO, { from: 'clew_admin_target', title: 'To what' }, { from: 'user_email', title: 'E-mail' }, TRACE],
  }),
  bars({
    title: 'Data touched, by action',
    description:
      'What was done with which kind of thing. A wall of reads or lists by one user is data being carried off.',
    unit: 'short',
    width: 8,
    queries: [counted(countEach('clew_action', DATA), '{{clew_action}}')],
  }),
  recordTable({
    title: 'Data touched, one by one',
    description:
      'Who made, read, changed or deleted what; whose data it was, and what for, where the application says so.',
    width: 16,
    queries: [records(DATA, 200)],
    columns: [
      ...WHO,
      { from: 'clew_resource_type', title: 'What' },
      { from: 'clew_resource_id', title: 'Which' },
      { from: 'clew_data_subject', title: 'Whose' },
      TRACE,
    ],
  }),
  bars({
    title: 'Actions of users',
    description: 'All that users did, by action. It shows the usual day; what differs from it is worth a question.',
    unit: 'short',
    width: 12,
    queries: [counted(countEach('clew_action', ACTIONS), '{{clew_action}}')],
  }),
  seriesTable({
    title: 'Busiest users',
    description: 'Who did most. A user far above the others is a program with a person’s account, or worse.',
    width: 12,
    queries: [countedNow(`topk(15, ${countAll(ACTIONS, 'user_id, clew_tenant_id')})`)],
    columns: [
      { from: 'user_id', title: 'User', link: logsLink('Records of the user', { user: VALUE }) },
      { from: 'clew_tenant_id', title: 'Tenant' },
      { from: 'Value #A', title: 'Actions', width: 100 },
    ],
    sortBy: 'Actions',
  }),
  logs({
    title: 'The audit channel',
    description:
      'All audit records but those of WebSocket sessions, which have a page of their own. They are kept for a year and never sampled.',
    width: 24,
    queries: [records(ALL)],
  }),
]

/** Who came in, who was kept out, who did what. */
export const audit = build({
  name: 'audit',
  title: 'Audit and security',
  description: 'Who came in, who was kept out, who did what with which data.',
  variables: [...chosenByRecords, ...typedFields(FIELDS)],
  rows: { Now: now, 'Coming and going': logIns, 'Kept out': denied, 'Who did what': doings },
})
