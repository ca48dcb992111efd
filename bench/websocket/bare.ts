/** A server with nothing around it. */
import * as ws from 'ws'
import { serveEcho } from './echo.ts'

serveEcho({ ws })
