const LEVELS = 'TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, OFF (any case; WARN and FATAL too)'
const UNKNOWN = 'found an option that clew does not have; allowed'
const PAGE = 'the options in docs/options.md'
const MILLIS = 'a number of milliseconds, 0 or more'

/** Sections with something in them that has the wrong shape, which a JSON Schema can tell too; with what is said of each. */
// prettier-ignore
export const WRONG_SHAPES: readonly (readonly [text: string, mistakes: readonly string[]])[] = [
  ['logging: debug', ['1:10 logging: found "debug"; allowed: an object of options']],
  ['logging: [level]', ['1:10 logging: found a list; allowed: an object of options']],
  ['logging:\n  level: [debug]', [`2:10 logging.level: found a list; allowed: ${LEVELS}`]],
  ['logging:\n  level: { a: debug }', [`2:10 logging.level: found an object; allowed: ${LEVELS}`]],
  ['logging:\n  level: 5', [`2:10 logging.level: found 5, which is no text without quotes; allowed: ${LEVELS}`]],
  ['logging:\n  level: loud', [`2:10 logging.level: found "loud"; allowed: ${LEVELS}`]],
  ['logging:\n  levels: { a: debg }', [`2:16 logging.levels.a: found "debg"; allowed: ${LEVELS} (did you mean "debug"?)`]],
  ['logging:\n  service: ""', ['2:12 logging.service: found ""; allowed: a name']],
  ['logging:\n  service_version: 1.10', ['2:20 logging.service_version: found 1.1, which is no text without quotes; allowed: a version']],
  ['logging:\n  disabled: 1', ['2:13 logging.disabled: found 1; allowed: true or false']],
  ['logging:\n  console: true', ['2:12 logging.console: found true; allowed: an object of enabled, format']],
  ['logging:\n  console: []', ['2:12 logging.console: found a list; allowed: an object of enabled, format']],
  ['logging:\n  console:\n    enabled: yes', ['3:14 logging.console.enabled: found "yes"; allowed: true or false']],
  ['logging:\n  console:\n    format: jsn', ["3:13 logging.console.format: found \"jsn\"; allowed: 'human', 'json' or 'logfmt' (did you mean \"json\"?)"]],
  ['logging:\n  slow_ms: "500"', [`2:12 logging.slow_ms: found "500"; allowed: ${MILLIS}`]],
  ['logging:\n  slow_ms: -1', [`2:12 logging.slow_ms: found -1; allowed: ${MILLIS}`]],
  ['logging:\n  slow_ms: 1e99', [`2:12 logging.slow_ms: found 1e+99; allowed: ${MILLIS}`]],
  ['logging:\n  spool: { max_bytes: 5 }', ['2:23 logging.spool.max_bytes: found 5; allowed: a number of bytes, 1048576 or more']],
  ['logging:\n  modules: orders', ['2:12 logging.modules: found "orders"; allowed: a list of names of components; * stands for any characters']],
  ['logging:\n  volume:\n    - component: a\n    - {persecond: 3}', [`4:8 logging.volume.1.persecond: ${UNKNOWN}: component, below, sample, per_second, per, repeat_ms (did you mean per_second?)`]],
  ['logging:\n  volume: [a, null]', [
    '2:12 logging.volume.0: found "a"; allowed: an object of component, below, sample, per_second, per, repeat_ms',
    '2:15 logging.volume.1: found null; allowed: an object of component, below, sample, per_second, per, repeat_ms',
  ]],
  ['logging:\n  volume: [{ sample: 2, per_second: 0 }]', [
    '2:22 logging.volume.0.sample: found 2; allowed: a number from 0 to 1',
    '2:37 logging.volume.0.per_second: found 0; allowed: a number of records a second, more than 0',
  ]],
  ['logging:\n  flight_recorder: { max_traces: 1.5 }', ['2:34 logging.flight_recorder.max_traces: found 1.5; allowed: a whole number, 1 or more']],
  ['logging:\n  flight_recorder: on', ['2:20 logging.flight_recorder: found "on"; allowed: true, false, or { level, max_records, max_traces, max_bytes }']],
  ['logging:\n  resource: { a: { b: 1 } }', ['2:18 logging.resource.a: found an object; allowed: text, a number, a boolean, or a list of one of these']],
  ['logging:\n  privacy:\n    keys:\n      name: { last: 2 }', ['4:13 logging.privacy.keys.name.action: found nothing; allowed: remove, mask, hash, truncate, length, or { action, first, last }']],
  ['logging:\n  privacy: { personal_data: [fax] }', ['2:30 logging.privacy.personal_data.0: found "fax"; allowed: a list of email, phone, card, iban, ip, or an object of rules by these names']],
  ['logging:\n  privacy: { hash_key: hunter2 }', ["2:24 logging.privacy.hash_key: found a value that can't be read; allowed: 16 characters or more"]],
  ['logging:\n  otlp: true', ['2:9 logging.otlp: found true; allowed: false, or an object such as { endpoint }']],
  ['logging:\n  otlp: { endpoint: nowhere }', ['2:21 logging.otlp.endpoint: found "nowhere"; allowed: an http:// or https:// URL such as http://127.0.0.1:4318; with grpc also host:port']],
  ['logging:\n  otlp: { headers: { a: 5 } }', ["2:25 logging.otlp.headers.a: found a value that can't be read; allowed: text"]],
  ['logging:\n  otlp:\n    logs: { compresion: none }', [`3:13 logging.otlp.logs.compresion: ${UNKNOWN}: ${PAGE} (did you mean compression?)`]],
  ['logging:\n  audit:\n    suspicious: { window_millis: 5 }', [`3:19 logging.audit.suspicious.window_millis: ${UNKNOWN}: failures_per_user, failures_per_address, window_ms (did you mean window_ms?)`]],
  ['logging:\n  colour: 1\n  slowMillis: 5', [`2:3 logging.colour: ${UNKNOWN}: ${PAGE}`, `3:3 logging.slowMillis: ${UNKNOWN}: ${PAGE} (did you mean slow_ms?)`]],
  ['logging:\n  config: other.yaml\n  context_manager: {}', [`2:3 logging.config: ${UNKNOWN}: ${PAGE}`, `3:3 logging.context_manager: ${UNKNOWN}: ${PAGE}`]],
  ['logging:\n  http: 1', ['2:9 logging.http: found 1; allowed: true, false, or an object such as { ignore_paths }']],
  ['logging:\n  http: { trusted_proxies: proxy.example }', ['2:28 logging.http.trusted_proxies: found "proxy.example"; allowed: true, false, a number of proxies, or a list of addresses, networks such as 10.0.0.0/8, or loopback, linklocal, private']],
  ['logging:\n  log_sampling: some', ["2:17 logging.log_sampling: found \"some\"; allowed: 'all' or 'trace'"]],
  ['logging:\n  propagators: [jaeger]', ['2:17 logging.propagators.0: found "jaeger"; allowed: TextMapPropagators, or tracecontext, baggage, b3, b3multi, none']],
]

/** What is wrong in other ways. */
// prettier-ignore
export const WRONG_OTHERWISE: readonly (readonly [text: string, mistakes: readonly string[]])[] = [
  ['logging:\n  slow_ms: .nan', [`2:12 logging.slow_ms: found NaN; allowed: ${MILLIS}`]],
  ['logging:\n  level: info\n  level: warn', ['3:3 logging.level: found the same key again; allowed: each key once']],
  ['logging:\n  ? [a]\n  : b\n  ? {a: b}\n  : c\n  1: x\n  true: x\n  ~: x', [
    '2:5 logging: found a key that is no text; allowed: text',
    '4:5 logging: found a key that is no text; allowed: text',
    `6:3 logging.1: ${UNKNOWN}: ${PAGE}`,
    `7:3 logging.true: ${UNKNOWN}: ${PAGE}`,
    '8:3 logging: found a key that is no text; allowed: text',
  ]],
  ['logging:\n  __proto__: { level: debug }\n  constructor: {}\n  toString: 1', [
    `2:3 logging.__proto__: ${UNKNOWN}: ${PAGE}`,
    `3:3 logging.constructor: ${UNKNOWN}: ${PAGE}`,
    `4:3 logging.toString: ${UNKNOWN}: ${PAGE}`,
  ]],
  ['logging:\n  levels: { __proto__: loud, constructor: 5, prototype: {} }', [
    `2:24 logging.levels.__proto__: found "loud"; allowed: ${LEVELS}`,
    `2:43 logging.levels.constructor: found 5, which is no text without quotes; allowed: ${LEVELS}`,
    `2:57 logging.levels.prototype: found an object; allowed: ${LEVELS}`,
  ]],
  ['logging:\n  level: *nobody', ['2:10 logging.level: found an alias of nothing; allowed: an anchor before it']],
  ['logging: &a\n  otlp: *a', [`2:3 logging.otlp.otlp: ${UNKNOWN}: ${PAGE}`]],
  ['logging:\n  otlp:\n    endpoint: collector:4318', ['3:15 logging.otlp.endpoint: found "collector:4318" with http/protobuf; allowed: an http:// or https:// URL such as http://127.0.0.1:4318']],
  ['logging:\n  otlp: { endpoint: "http://h:1", certificate: missing.pem }', ["2:48 logging.otlp.certificate: found a file that can't be read (ENOENT); allowed: the path of a PEM file, or PEM text, with a certificate"]],
  ['logging:\n  privacy: { patterns: [{ pattern: "(" }] }', ['2:36 logging.privacy.patterns.0.pattern: found "("; allowed: a regular expression that does not match empty text']],
]
