/** Node with pino to /dev/null. */
import { destination, pino } from 'pino'
// All programs load the same files of the bench.
import '../clew-build.ts'
import { ready } from './ready.ts'

pino({}, destination('/dev/null'))
ready()
