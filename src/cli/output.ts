import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'red'

/** Where a command writes. */
export interface Output {
  say(line: string): void
  /** Says something beside the output of a program that has the standard output for itself. */
  remark(line: string): void
  complain(message: string): void
  /** Shows how far something is, on a terminal: in place of what it showed before. With '' it takes it away. */
  progress(text: string): void
  /** Text in a style where people read it, as it is where programs do. */
  style(style: Style, text: string): string
}

/** The standard streams; colours only on a terminal. */
export function standardOutput(): Output {
  return {
    say: (line) => console.log(line),
    remark: (line) => console.error(`${styleText('cyan', 'clew:', { stream: process.stderr })} ${line}`),
    complain: (message) => console.error(`${styleText('red', 'clew:', { stream: process.stderr })} ${message}`),
    progress(text) {
      if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${text}`)
    },
    style: (style, text) => styleText(style, text, { stream: process.stdout }),
  }
}
