import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../../stack/native/collector.ts'
import { writeGeoDatabase } from '../../../stack/native/geo-database.ts'
import { repositoryRoot } from '../../../stack/native/repository.ts'
import { eventually } from '../support/eventually.ts'
import { attribute, everythingIn, recordsIn, spansIn } from '../support/otlp-files.ts'
import { postLogs, postSpan, record, string } from '../support/otlp-post.ts'

const { collector: program, geoDatabase } = inject('additivePrograms')

describe.skipIf(program === '' || !geoDatabase)('geoip.yaml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-geoip-'))
  const dataDir = join(folder, 'data')
  let collector: Collector | undefined
  const endpoint = () => collector?.endpoint ?? ''
  beforeAll(async () => {
    const database = join(folder, 'city.mmdb')
    await writeGeoDatabase(database)
    const further = [join(repositoryRoot, 'stack/collector/geoip.yaml')]
    const env = { CLEW_GEOIP_DATABASE: database, CLEW_DATA_DIR: dataDir, CLEW_SPAN_METRICS_INTERVAL: '1s' }
    collector = await startCollector({ program, dataDir: folder, further, env })
  })
  afterAll(async () => {
    await collector?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const from = (address: string) => [{ key: 'client.address', value: string(address) }]

  it('says where a client is, in records of every class', async () => {
    await postLogs(endpoint(), record(9, 'an order', from('203.0.113.7')), record(17, 'no order', from('203.0.113.8')))
    const records = await eventually('both records', () => {
      const found = recordsIn(dataDir, 'info', 'error')
      return found.length === 2 ? found : undefined
    })
    const places = records.map((each) => [attribute(each, 'geo.city_name'), attribute(each, 'geo.country.iso_code')])
    expect(places).toEqual([
      ['Zurich', 'CH'],
      ['Zurich', 'CH'],
    ])
    expect(records.map((each) => attribute(each, 'client.address'))).toContain('203.0.113.7')
  })

  it('passes on what has no address, or one that nobody knows', async () => {
    await postLogs(
      endpoint(),
      record(13, 'at home', from('127.0.0.1')),
      record(13, 'nobody'),
      record(13, 'x', from('?')),
    )
    const records = await eventually('three records', () => {
      const found = recordsIn(dataDir, 'warning')
      return found.length === 3 ? found : undefined
    })
    expect(records.map((each) => attribute(each, 'geo.city_name'))).toEqual([undefined, undefined, undefined])
  })

  it('does so for spans, which are still counted', async () => {
    await postSpan(endpoint(), 'GET /orders', from('203.0.113.9'))
    await eventually('the span', () => spansIn(dataDir).find(({ name }) => name === 'GET /orders'))
    expect(everythingIn(dataDir)).toMatch(/"GET \/orders".*"geo\.city_name","value":\{"stringValue":"Zurich"\}/)
    await eventually(
      'its count',
      () => everythingIn(dataDir).includes('traces.span.metrics.calls') || undefined,
      30_000,
    )
  })
})
