import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ServerCredentials } from '@grpc/grpc-js'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest'
import { makeCertificates, type Certificates } from '../support/certificates.ts'
import { startGrpcReceiver } from '../support/grpc-receiver.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'

const ROOT = join(import.meta.dirname, '../..')
const PROGRAM = join(ROOT, 'test/fixtures/untraced.mjs')

let folder: string
let certificates: Certificates
const opened: { close(): unknown }[] = []

/** A bundle has no worker's file: there, delivery runs among the instrumentations. The banner is the one that esbuild's users put before CommonJS packages. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-untraced-'))
  certificates = await makeCertificates()
  await writeFile(join(folder, 'ca.pem'), certificates.authority.cert)
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  const outfile = join(folder, 'sender.mjs')
  await build({ entryPoints: [PROGRAM], outfile, bundle: true, platform: 'node', format: 'esm', banner })
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
})

let other: string
beforeEach(async () => {
  const server = createServer((_, response) => response.end())
  opened.push({ close: () => server.close() }, { close: () => server.closeAllConnections() })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  other = `http://127.0.0.1:${(server.address() as AddressInfo).port}/other`
})

const RECEIVERS = {
  http: async () => {
    const receiver = await startReceiver()
    return { receiver, endpoint: receiver.url, protocol: 'http/protobuf' }
  },
  https: async () => {
    const { server } = certificates
    const receiver = await startReceiver(0, { key: server.private, cert: server.cert })
    return { receiver, endpoint: receiver.url, protocol: 'http/protobuf' }
  },
  grpc: async () => {
    const receiver = await startGrpcReceiver()
    return { receiver, endpoint: `http://${receiver.address}`, protocol: 'grpc' }
  },
  'grpc over TLS': async () => {
    const pair = {
      private_key: Buffer.from(certificates.server.private),
      cert_chain: Buffer.from(certificates.server.cert),
    }
    const receiver = await startGrpcReceiver('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]))
    return { receiver, endpoint: `https://${receiver.address}`, protocol: 'grpc' }
  },
} as const

const CASES = Object.keys(RECEIVERS).flatMap((name) => [
  [name as keyof typeof RECEIVERS, 'the worker', ''] as const,
  [name as keyof typeof RECEIVERS, 'the process itself', 'no_worker'] as const,
])

test.each(CASES)('what goes out over %s from %s leaves no span, and other requests do', async (name, _, note) => {
  const { receiver, endpoint, protocol } = await RECEIVERS[name]()
  opened.push(receiver)
  const program = note === '' ? PROGRAM : join(folder, 'sender.mjs')
  const end = await runProgram(relative(ROOT, program), [other], {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_CERTIFICATE: join(folder, 'ca.pem'),
    CLEW_HOME: join(folder, 'home', name),
  })
  expect(end).toMatchObject({ code: 0, stderr: expect.stringContaining(note) })
  expect(receiver.spans.map((span) => span.attributes['url.full'])).toEqual([other])
  const said = receiver.logs.filter((entry) => entry.body === 'said').map((entry) => entry.attributes['n'])
  expect(said).toEqual([1, 2])
})
