import type { Encoding, LogRecordData } from '../otlp/index.ts'
import type { LogOutput } from '../logging/index.ts'
import { humanLine } from './human-line.ts'
import { jsonLine } from './json-line.ts'

export type ConsoleFormat = 'human' | 'json'

/** The part of a stream that the console output needs. */
export interface TextSink {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** Lines on a stream: for people, or JSON for whatever collects a container's output. Colours only on a terminal. */
export function createConsoleOutput(
  format: ConsoleFormat,
  encoding: Encoding,
  stream: TextSink,
  colour: boolean,
): LogOutput {
  const line =
    format === 'json'
      ? (record: LogRecordData) => jsonLine(record, encoding)
      : (record: LogRecordData) => humanLine(record, encoding, colour)
  return { name: 'console', minimumSeverity: 0, emit: (record) => void stream.write(line(record)) }
}
