/** Node alone. */
import { ready } from './ready.ts'

ready()
