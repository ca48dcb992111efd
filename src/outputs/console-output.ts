import type { Encoding, LogRecordData } from '../otlp/index.ts'
import { SEVERITY, type HeldRecord, type LogOutput } from '../logging/index.ts'
import { DescriptorLines, type DescriptorStream } from './descriptor-lines.ts'
import { humanLine, type HumanStyle } from './human-line.ts'
import { logfmtLine } from './logfmt-line.ts'
import { rawJsonLine } from './shared-lines.ts'
import { StreamLines, type TextSink } from './stream-lines.ts'
import { visibleJson } from './visible-text.ts'

export type ConsoleFormat = 'human' | 'json' | 'logfmt'

/** Lines on a stream: for people, or JSON or logfmt for whatever collects a container's output. Lines for people tell on a terminal the trace they belong to. */
export function createConsoleOutput(
  format: ConsoleFormat,
  encoding: Encoding,
  stream: TextSink,
  colour: boolean,
): LogOutput {
  const { line, finish } = lineMaker(format, encoding, { colour, trace: stream.isTTY === true })
  const output = { name: 'console', minimumSeverity: 0, besideOthers: true }
  if (!hasDescriptor(stream)) {
    const lines = new StreamLines(stream)
    const write = (text: string): void => lines.write(finish === undefined ? text : finish(text))
    return { ...output, emit: (record) => write(line(record)), hold: (record) => held(line(record), write) }
  }
  const descriptor = new DescriptorLines(stream, finish)
  return {
    ...output,
    emit: (record) => descriptor.write(line(record), record.timeMillis, record.severityNumber >= SEVERITY.ERROR),
    hold: (record) => held(line(record), (text) => descriptor.write(text, record.timeMillis, false)),
    end: (timeoutMillis) => descriptor.end(timeoutMillis),
  }
}

interface LineMaker {
  readonly line: (record: LogRecordData) => string
  /** What is left to do to lines, many at once. */
  readonly finish?: (lines: string) => string
}

function lineMaker(format: ConsoleFormat, encoding: Encoding, style: HumanStyle): LineMaker {
  if (format === 'human') return { line: (record) => humanLine(record, encoding, style) }
  if (format === 'logfmt') return { line: (record) => logfmtLine(record, encoding) }
  return { line: rawJsonLine(encoding), finish: visibleJson }
}

function held(text: string, write: (text: string) => void): HeldRecord {
  return { bytes: text.length, write: () => write(text) }
}

/** A terminal keeps its stream, which knows how to write to it; so does a worker thread, whose stream has no descriptor. */
function hasDescriptor(stream: TextSink): stream is DescriptorStream {
  return stream.isTTY !== true && typeof (stream as Partial<DescriptorStream>).fd === 'number'
}
