/** Node alone. */
// All programs load the same files of the bench.
import '../clew-build.ts'
import { ready } from './ready.ts'

ready()
