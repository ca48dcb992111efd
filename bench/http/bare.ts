/** A server with nothing around it. */
import { serveHello } from './hello.ts'

await serveHello()
