/**
 * What the variables of a dashboard select, as queries say it.
 *
 * Prometheus' `job` is `namespace/service` where a service has a namespace, and the environment is only on `target_info`.
 */
const CHOSEN_JOBS = 'job=~"(.+/)?$service"'
const CHOSEN_INFO = 'target_info{deployment_environment_name=~"$environment"}'
const CHOSEN_ENVIRONMENT = `and on (job, instance) ${CHOSEN_INFO}`
const CHOSEN_STREAMS = 'service_name=~"$service", deployment_environment_name=~"$environment"'

/** The series of a metric that the chosen services have. `labels` narrows them: `websocket_role="server"`. */
export function series(name: string, labels = ''): string {
  return `${selector(name, labels)} ${CHOSEN_ENVIRONMENT}`
}

/** So many a second. */
export function rate(name: string, labels = ''): string {
  return `rate(${selector(name, labels)}[$__rate_interval]) ${CHOSEN_ENVIRONMENT}`
}

/** So many in the whole time that is shown, of processes that have ended since, too; what a series began with is not in it. */
export function increase(name: string, labels = ''): string {
  return `increase(${selector(name, labels)}[$__range]) and on (job, instance) last_over_time(${CHOSEN_INFO}[$__range])`
}

/** The value that this share (`0.95`) of a histogram's measurements stay below, by labels: `job, http_route`. */
export function quantile(share: number, name: string, { by, labels = '', whole = false }: QuantileOptions): string {
  const over = (whole ? increase : rate)(`${name}_bucket`, labels)
  const kept = by === '' ? 'le' : `le, ${by}`
  return `histogram_quantile(${share}, sum by (${kept}) (${over}))`
}

/** With the service's name as label `service`, as records have it: `job` has its namespace, too. */
export function withService(expr: string): string {
  return `label_replace(${expr}, "service", "$2", "job", "(.+/)?(.+)")`
}

/** Which measurements a quantile is of. */
export interface QuantileOptions {
  /** Labels to keep; empty for one value. */
  readonly by: string
  readonly labels?: string
  /** Of the whole time that is shown, not of each step. */
  readonly whole?: boolean
}

function selector(name: string, labels: string): string {
  return `${name}{${[CHOSEN_JOBS, labels].filter((part) => part !== '').join(', ')}}`
}

/** The records of the chosen services. `labels` are those of Loki's index (`level`, `channel`), `pipeline` is what follows. */
export function streams(labels = '', pipeline = ''): string {
  const matchers = [CHOSEN_STREAMS, labels].filter((part) => part !== '').join(', ')
  return `{${matchers}}${pipeline === '' ? '' : ` ${pipeline}`}`
}

/** How many of these records there were in each step of a graph, by labels: `sum by (level) (…)`. */
export function countEach(by: string, records: string): string {
  return `sum by (${by}) (count_over_time(${records} [$__interval]))`
}

/** How many of these records there were in the whole time that is shown; with `by`, for each of those labels. */
export function countAll(records: string, by = ''): string {
  return `sum${by === '' ? '' : ` by (${by})`} (count_over_time(${records} [$__range]))`
}

/**
 * The series of the chosen processes, with labels of what they are taken from `target_info`: by default `host_name` and
 * `process_pid`. With a `window` (`[$__rate_interval]`), so many a second. Of several `target_info` of one process, as after a change of its
 * resource, one is taken: a join with two fails.
 */
export function ofProcess(name: string, labels = '', window = '', taken = 'host_name, process_pid'): string {
  const chosen = selector(name, ['instance=~"$instance"', labels].filter((part) => part !== '').join(', '))
  const measured = window === '' ? chosen : `rate(${chosen}${window})`
  return `${measured} * on (job, instance) group_left (${taken}) topk by (job, instance) (1, ${CHOSEN_INFO})`
}
