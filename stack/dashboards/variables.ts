import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { SOURCES } from './queries.ts'

export type Variable = Builder<VariableModel>

const ALL = { text: ['All'], value: ['$__all'] }
/** The collector has a `target_info` too; programs with an OpenTelemetry SDK name its language. */
const PROGRAMS = 'telemetry_sdk_language!=""'
/** `shop/orders` is the service `orders` of the namespace `shop`. */
const WITHOUT_NAMESPACE = '/^(?:.*\\/)?(.+)$/'

/** Services and environments that send metrics. */
export const chosenByMetrics: readonly Variable[] = [
  fromPrometheus(
    'environment',
    'Environment',
    `label_values(target_info{${PROGRAMS}}, deployment_environment_name)`,
    '.*',
  ),
  fromPrometheus(
    'service',
    'Service',
    `label_values(target_info{${PROGRAMS}, deployment_environment_name=~"$environment"}, job)`,
    '.+',
  ).regex(WITHOUT_NAMESPACE),
]

/** Services and environments that send records. */
export const chosenByRecords: readonly Variable[] = [
  fromLoki('environment', 'Environment', 'deployment_environment_name', '{service_name=~".+"}', '.*'),
  fromLoki(
    'service',
    'Service',
    'service_name',
    '{service_name=~".+", deployment_environment_name=~"$environment"}',
    '.+',
  ),
]

/** The processes of the chosen services. */
export const chosenInstance: Variable = fromPrometheus(
  'instance',
  'Process',
  `label_values(target_info{${PROGRAMS}, job=~"(.+/)?$service", deployment_environment_name=~"$environment"}, instance)`,
  '.*',
)

/** A text that somebody types; empty means any. */
export function typed(name: string, label: string, description: string): Variable {
  return new TextBoxVariableBuilder(name).label(label).description(description).defaultValue('')
}

/** One of a few values, the first unless another is chosen; with a name where the value is none to read: `['both', 'a|b']`. */
export function oneOf(name: string, label: string, values: readonly (string | readonly [string, string])[]): Variable {
  const options = values.map((one, index) => {
    const [text, value] = typeof one === 'string' ? [one, one] : one
    return { text, value, selected: index === 0 }
  })
  const written = options.map(({ text, value }) => (text === value ? value : `${text} : ${value}`)).join(',')
  const builder = new CustomVariableBuilder(name).label(label).values(written).options(options)
  return options[0] === undefined ? builder : builder.current(options[0])
}

/** Any of a few values; all of them unless some are chosen. */
export function someOf(name: string, label: string, values: readonly string[]): Variable {
  return new CustomVariableBuilder(name)
    .label(label)
    .values(values.join(','))
    .options(values.map((value) => ({ text: value, value, selected: false })))
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current(ALL)
}

function fromPrometheus(name: string, label: string, query: string, allValue: string): QueryVariableBuilder {
  return manyOf(name, label, allValue)
    .datasource(SOURCES.prometheus)
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(query)
}

function fromLoki(name: string, label: string, of: string, stream: string, allValue: string): QueryVariableBuilder {
  return manyOf(name, label, allValue)
    .datasource(SOURCES.loki)
    .query({ type: 1, label: of, stream, refId: 'LokiVariableQueryEditor-VariableQuery' })
    .definition(`label_values(${stream}, ${of})`)
}

function manyOf(name: string, label: string, allValue: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .multi(true)
    .includeAll(true)
    .allValue(allValue)
    .current(ALL)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
}
