import type { Encoding, LogRecordData } from '../otlp/index.ts'
import { SEVERITY, type HeldRecord, type LogOutput } from '../logging/index.ts'
import { DescriptorLines, type DescriptorStream } from './descriptor-lines.ts'
import { humanLine } from './human-line.ts'
import { jsonLine } from './shared-lines.ts'

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
  const line = format === 'json' ? jsonLine(encoding) : (record: LogRecordData) => humanLine(record, encoding, colour)
  const output = { name: 'console', minimumSeverity: 0, besideOthers: true }
  if (!hasDescriptor(stream)) {
    const write = (text: string): void => void stream.write(text)
    return { ...output, emit: (record) => write(line(record)), hold: (record) => held(line(record), write) }
  }
  const descriptor = new DescriptorLines(stream)
  return {
    ...output,
    emit: (record) => descriptor.write(line(record), record.timeMillis, record.severityNumber >= SEVERITY.ERROR),
    hold: (record) => held(line(record), (text) => descriptor.write(text, record.timeMillis, false)),
    end: (timeoutMillis) => descriptor.end(timeoutMillis),
  }
}

function held(text: string, write: (text: string) => void): HeldRecord {
  return { bytes: text.length, write: () => write(text) }
}

/** A terminal keeps its stream, which knows how to write to it; so does a worker thread, whose stream has no descriptor. */
function hasDescriptor(stream: TextSink): stream is DescriptorStream {
  return stream.isTTY !== true && typeof (stream as Partial<DescriptorStream>).fd === 'number'
}
