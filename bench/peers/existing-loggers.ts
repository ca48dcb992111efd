import type * as Bunyan from 'bunyan'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import type * as Pino from 'pino'
import type * as Winston from 'winston'
import type { Call } from '../workload.ts'

/** Loggers that a program may have already. */
export type ExistingLogger = 'pino' | 'winston' | 'bunyan' | 'console'

/** One of them as a program sets it up, into a stream that drops. */
export interface OpenedLogger {
  readonly info: Call
  readonly close?: () => Promise<void>
}

const load = createRequire(import.meta.url)
const drops = (): Writable => new Writable({ write: (_line, _encoding, done) => done() })

const OPEN: Readonly<Record<ExistingLogger, () => OpenedLogger>> = {
  pino() {
    const { pino } = load('pino') as typeof Pino
    const log = pino({ name: 'orders' }, { write() {} })
    return { info: (message, fields) => log.info(fields, message) }
  },
  winston() {
    const { createLogger, transports } = load('winston') as typeof Winston
    const log = createLogger({ level: 'info', transports: [new transports.Stream({ stream: drops() })] })
    const close = async (): Promise<void> => {
      const finished = once(log, 'finish')
      log.end()
      await finished
    }
    return { info: (message, fields) => log.info(message, fields), close }
  },
  bunyan() {
    const { createLogger } = load('bunyan') as typeof Bunyan
    const log = createLogger({ name: 'orders', stream: drops() })
    return { info: (message, fields) => log.info(fields, message) }
  },
  console: () => ({ info: (message, fields) => console.log(message, fields) }),
}

/** Opens one, after whatever bridges it: instrumentations that hook modules need it so. */
export function openExisting(logger: string): OpenedLogger {
  return OPEN[logger as ExistingLogger]()
}
