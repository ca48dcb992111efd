/** The server with Logfire, which needs another major of the OpenTelemetry SDK and so lives in a package folder of its own. */
import { createRequire } from 'node:module'
import { endpoint } from '../clew-build.ts'
import { helloArguments, serveHello } from './hello.ts'

interface Logfire {
  configure(options: object): unknown
  shutdown(): Promise<unknown>
}

const load = createRequire(new URL('../../../logfire/package.json', import.meta.url))
const logfire = load('@pydantic/logfire-node') as Logfire
logfire.configure({
  serviceName: 'bench',
  token: 'bench',
  sendToLogfire: true,
  console: false,
  advanced: { baseUrl: endpoint() },
  sampling: { head: helloArguments().ratio },
})
await serveHello({ stop: () => logfire.shutdown() })
