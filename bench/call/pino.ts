/** A trial: pino into a stream that drops, or into a file. No trace ids. */
import { destination, pino } from 'pino'
import { BOUND, runTrial } from './workload.ts'

const path = process.argv[3]
// Without options in front, pino would take the stream for its options and write to stdout.
const log = pino({}, path === undefined ? { write() {} } : destination(path))
const child = log.child(BOUND)
await runTrial({
  info: (message, fields) => log.info(fields, message),
  child: (message, fields) => child.info(fields, message),
  off: (message, fields) => log.debug(fields, message),
})
