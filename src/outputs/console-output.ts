import type { Encoding } from '../otlp/index.ts'
import type { LogOutput } from '../logging/index.ts'
import { humanLine } from './human-line.ts'
import { JsonLines } from './json-line.ts'

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
  if (format === 'human')
    return {
      name: 'console',
      minimumSeverity: 0,
      emit: (record) => void stream.write(humanLine(record, encoding, colour)),
    }
  const lines = new JsonLines(encoding)
  const use = (line: Buffer, length: number): void => void stream.write(line.toString('utf8', 0, length))
  return { name: 'console', minimumSeverity: 0, emit: (record) => lines.write(record, use) }
}
