/**
 * Attributes as Loki names and writes them: `_` for what no label may hold, members of an object under a name each, lists as JSON
 * text, `component` as the scope's name.
 *
 * @see https://grafana.com/docs/loki/latest/send-data/otel/
 */
export function lokiFields(told: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(told).flatMap(([key, value]) => fieldsOf(NAMES[key] ?? key, value)))
}

const NAMES: Readonly<Record<string, string>> = { component: 'scope_name', event: 'event_name' }

function fieldsOf(key: string, value: unknown): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, inner]) => fieldsOf(`${key}_${name}`, inner))
  }
  return [[key.replaceAll(/[^a-zA-Z0-9_]/g, '_'), typeof value === 'string' ? value : JSON.stringify(value)]]
}
