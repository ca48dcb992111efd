import { expect, test } from 'vitest'
import { pipeline } from '../../src/logging/index.ts'
import { captureLogs } from '../../src/testing/index.ts'

test('a record has the same millisecond in lines and on the wire, however near to the next one it was said', () => {
  const capture = captureLogs()
  const component = pipeline.components.get('orders')
  const second = Date.UTC(2024, 0, 15, 10, 30, 45)
  for (const timeMillis of [122.9998, 123, 123.4567, 999.9997].map((part) => second + part))
    pipeline.emit({ component, severityNumber: 9, severityText: 'INFO', body: 'said', timeMillis })
  capture.stop()
  expect(capture.records.map(({ timestamp, otlp }) => [timestamp, otlp.timeUnixNano])).toEqual([
    ['2024-01-15T10:30:45.123Z', '1705314645123000000'],
    ['2024-01-15T10:30:45.123Z', '1705314645123000000'],
    ['2024-01-15T10:30:45.123Z', '1705314645123457000'],
    ['2024-01-15T10:30:46.000Z', '1705314646000000000'],
  ])
})
