/** A server with nothing around it. */
import * as http from 'node:http'
import { serveHello } from './hello.ts'

serveHello({ http })
