import { randomBytes } from 'node:crypto'

/** The same secret in every place of a request that a program can put text in, in the forms in which secrets stand in text. */
// oxlint-disable-next-line typescript/explicit-function-return-type -- the literal is its own best type
export function plantedTelemetry(secret: string, traceId: string) {
  const now = String(BigInt(Date.now()) * 1_000_000n)
  const text = (value: string) => ({ stringValue: value })
  const sentence = `sent Authorization: Bearer ${secret} to redis://:${secret}@cache:6379 with password=${secret}`
  const attributes = [
    { key: 'password', value: text(secret) },
    { key: 'http.request.header.authorization', value: text(`Basic ${secret}`) },
    { key: 'note', value: text(sentence) },
    { key: 'form', value: text(`{"user":"u-1","api_key":"${secret}"}`) },
    { key: 'nested', value: { kvlistValue: { values: [{ key: 'client_secret', value: text(secret) }] } } },
    { key: 'list', value: { arrayValue: { values: [text(`password=${secret}`)] } } },
    { key: 'order.id', value: text('kept-as-it-is') },
  ]
  const resource = { attributes: [{ key: 'service.name', value: text('planted') }, ...attributes] }
  const scope = { name: 'planting', attributes }
  const body = { kvlistValue: { values: [{ key: 'password', value: text(secret) }] } }
  const record = { timeUnixNano: now, severityNumber: 17, severityText: 'ERROR', attributes }
  const logRecords = [
    { ...record, body: text(sentence), eventName: `login password=${secret}` },
    { ...record, body, severityText: `ERROR password=${secret}` },
    { ...record, body: text(`{"message":"a line of a foreign logger","password":"${secret}"}`) },
  ]
  const span = {
    traceId,
    spanId: randomBytes(8).toString('hex'),
    name: `GET /login?password=${secret}`,
    kind: 2,
    startTimeUnixNano: now,
    endTimeUnixNano: now,
    attributes,
    events: [{ name: `tried password=${secret}`, timeUnixNano: now, attributes }],
    // Attributes of links are the one place that no processor of the collector reaches (docs/stack.md says so).
    links: [{ traceId, spanId: randomBytes(8).toString('hex') }],
    status: { code: 2, message: sentence },
    traceState: '',
  }
  const point = {
    asInt: '7',
    startTimeUnixNano: now,
    timeUnixNano: now,
    attributes,
    exemplars: [{ asInt: '7', timeUnixNano: now, traceId, spanId: span.spanId, filteredAttributes: attributes }],
  }
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints: [point] }
  const metrics = [{ name: 'planted.logins', description: sentence, sum }]
  return {
    '/v1/logs': { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] },
    '/v1/traces': { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] },
    '/v1/metrics': { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] },
  } as const
}
