/** A file that sets every option that a file can set. */
export const FULL_SETTINGS = `
server: { port: 8080 }          # the application's own
logging:
  disabled: false
  service: shop
  service_version: "1.10"
  environment: staging
  level: warn
  levels: { orders: debug, "http.*": off, constructor: info }
  modules: [orders, "payments.*"]
  console: { enabled: true, format: json }
  file: { path: /var/log/shop.jsonl, max_bytes: 20000, backup_count: 2, retention_days: 1, modules: [orders] }
  otlp:
    endpoint: http://collector:4318
    timeout_ms: 500
    headers: { Authorization: Bearer abc, X-Team: a }
    logs: { endpoint: "http://logs:1/own", compression: none }
    traces: false
  spool: { max_bytes: 2097152, max_age_ms: 1000, write_delay_ms: 1 }
  resource: { team: a, "deployment.ring": 2, canary: true }
  resource_detectors: [env, os]
  privacy:
    keys: { customer.*: remove, name: { action: truncate, last: 2 } }
    patterns: [{ pattern: "ORD-\\\\d+", name: order }]
    personal_data: [email]
    contents: false
    exempt: []
    hash_key: 0123456789abcdef
  audit: { on_failure: throw, suspicious: { failures_per_user: 3 } }
  level_control: { file: levels, signal: SIGUSR2, signal_ms: 1000 }
  volume:
    - { component: chat, below: INFO, per_second: 5, repeat_ms: 100 }
  flight_recorder: { max_traces: 7 }
  slow_ms: 250
  metric_interval_ms: 5000
  home: state
  websocket: { tenant_id: { path: '/ws/:tenant/*' }, summary_ms: 60000, message_spans: 0.5, ignore_paths: [/health] }
  redis: false
  http: { trusted_proxies: [loopback], ignore_paths: [/health], propagate_request_id: false }
  loggers: { console: replace, pino: false, trace_ids: false }
  runtime_metrics: false
  shutdown_timeout_ms: 100
  sampler: traceidratio
  sampler_ratio: 0.5
  propagators: [b3]
  span_limits: { events: 9 }
  log_sampling: trace
`
