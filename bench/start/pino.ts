/** Node with pino to /dev/null. */
import { destination, pino } from 'pino'
import { ready } from './ready.ts'

pino({}, destination('/dev/null'))
ready()
