import { ATTRIBUTE } from '../fields/index.ts'
import type { FieldWord, GroupKey } from './alert-rule.ts'

/** What Loki's index knows; all else is structured metadata. */
export const INDEX_LABELS: ReadonlySet<string> = new Set([
  'service_name',
  'service_namespace',
  'deployment_environment_name',
  'level',
  'channel',
])

const LABELS: Readonly<Record<FieldWord | 'level', string>> = {
  service: 'service_name',
  namespace: 'service_namespace',
  environment: 'deployment_environment_name',
  level: 'level',
  channel: 'channel',
  component: 'scope_name',
  event: 'event_name',
  user: attributeLabel(ATTRIBUTE.user_id),
  tenant: attributeLabel(ATTRIBUTE.tenant_id),
  session: attributeLabel(ATTRIBUTE.session_id),
  request: attributeLabel(ATTRIBUTE.request_id),
}

/** Names in which Loki keeps parts of a record, so that an attribute of such a name can't be told from them. */
const TAKEN: ReadonlySet<string> = new Set([
  ...INDEX_LABELS,
  'scope_name',
  'scope_version',
  'event_name',
  'severity_text',
  'severity_number',
  'detected_level',
  'observed_timestamp',
  'flags',
  'trace_id',
  'span_id',
])

/** The label of an attribute in Loki and in Prometheus: `http.route` is `http_route`. */
export function attributeLabel(attribute: string): string {
  return attribute.replaceAll(/[^a-zA-Z0-9]/g, '_')
}

/** The label of a word in Loki. */
export function wordLabel(word: FieldWord | 'level'): string {
  return LABELS[word]
}

/** The label of a group. */
export function groupLabel(key: GroupKey): string {
  return 'word' in key ? LABELS[key.word] : attributeLabel(key.attribute)
}

/**
 * Whether an attribute of this name has a label of its own: one that begins with a letter, with single separators, and that is not taken by a part of the record. (`a.b` and `a_b` are the same label all the same.)
 */
export function hasLabel(attribute: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9]*(?:[._/-][a-zA-Z0-9]+)*$/.test(attribute) && !TAKEN.has(attributeLabel(attribute))
}
