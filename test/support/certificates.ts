import { generate, type GenerateResult } from 'selfsigned'

/** A certificate authority of a test, what it signed, and one that it did not. */
export interface Certificates {
  readonly authority: GenerateResult
  /** For 127.0.0.1 and localhost. */
  readonly server: GenerateResult
  readonly client: GenerateResult
  /** For another host. */
  readonly elsewhere: GenerateResult
  readonly stranger: GenerateResult
}

/** Makes new ones: real, and of no use anywhere else. */
export async function makeCertificates(): Promise<Certificates> {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const
  const name = (value: string) => [{ name: 'commonName', value }]
  const authority = await generate(name('clew test authority'), {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  })
  const ca = { key: authority.private, cert: authority.cert }
  return {
    authority,
    server: await generate(name('localhost'), { ...common, ca }),
    client: await generate(name('client'), { ...common, ca }),
    elsewhere: await generate(name('elsewhere.example'), { ...common, ca }),
    stranger: await generate(name('stranger'), common),
  }
}
