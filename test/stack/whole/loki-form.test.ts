import { describe, expect, inject, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { recordsIn } from '../support/otlp-files.ts'
import { postLogs, record, string } from '../support/otlp-post.ts'
import { logs, type LokiLine } from '../support/queries.ts'

const stack = inject('wholeStack')

describe.skipIf(stack === undefined)('a record in the form that suits Loki', () => {
  const { collector = '', loki = '', filesDir = '' } = stack ?? {}
  const arrived = (marker: string): Promise<LokiLine> =>
    eventually(
      `'${marker}' in Loki`,
      async () => (await logs(loki, `{service_name="stack-test"} | marker="${marker}"`))[0],
    )
  const marked = (marker: string) => ({ key: 'marker', value: string(marker) })

  it('has its stack trace behind the message, where it may be long and can be searched', async () => {
    const trace = `Error: no luck\n${'    at deep (file.js:1:1)\n'.repeat(4000)}`
    const attributes = [marked('stack'), { key: 'exception.stacktrace', value: string(trace) }]
    await postLogs(collector, record(17, 'it failed', attributes))

    const { line, labels } = await arrived('stack')
    expect(line).toBe(`it failed\n${trace}`)
    expect(labels['exception_stacktrace']).toBeUndefined()
    expect(await logs(loki, '{service_name="stack-test"} |= "Error: no luck"')).toHaveLength(1)
  })

  it('is cut where Loki would refuse it, at a character’s end; the file has it whole', async () => {
    const message = `€${'🧵'.repeat(90_000)}`
    const long = { key: 'long', value: string('ä'.repeat(40_000)) }
    await postLogs(collector, record(9, message, [marked('long'), long]))

    const { line, labels } = await arrived('long')
    expect(message.startsWith(line)).toBe(true)
    expect(Buffer.byteLength(line)).toBeGreaterThan(240_000)
    expect(long.value.stringValue?.startsWith(labels['long'] ?? 'none')).toBe(true)
    expect(recordsIn(filesDir, 'info').map(({ body }) => body?.stringValue)).toContain(message)
  })

  it('takes its labels from its number, whatever it calls its level, and loses no attribute of that name', async () => {
    const attributes = [marked('own-level'), { key: 'level', value: string('basement') }]
    await postLogs(collector, { ...record(14, 'said', attributes), severityText: 'careful' })

    const { labels } = await arrived('own-level')
    expect(labels).toMatchObject({
      level: 'WARNING',
      channel: 'app',
      attribute_level: 'basement',
      severity_text: 'careful',
    })
  })

  it('is taken with a hundred and more attributes, and without a body', async () => {
    const many = Array.from({ length: 300 }, (_, number) => ({ key: `attribute.${number}`, value: string('x') }))
    await postLogs(collector, record(9, 'many', [marked('many'), ...many]))
    await postLogs(collector, { severityNumber: 9, attributes: [marked('no-body')] })
    expect((await arrived('many')).labels).toMatchObject({ attribute_0: 'x', attribute_299: 'x' })
    expect((await arrived('no-body')).line).toBe('')
  })

  it('is taken however late it comes, and whatever its clock says', async () => {
    const day = 86_400_000
    const at = (marker: string, millis: number) =>
      postLogs(collector, { ...record(9, 'late', [marked(marker)]), timeUnixNano: String(BigInt(millis) * 1_000_000n) })
    const now = Date.now()
    await at('yesterday', now - 1.2 * day)
    await at('last-week', now - 8 * day)
    await at('this-morning', now - 0.4 * day)
    await at('last-week-before', now - 8.5 * day)
    await at('long-ago', Date.parse('1999-12-31T12:00:00Z'))
    await at('years-ahead', now + 1000 * day)
    await at('after-it', now)

    const found = (marker: string, from: number): Promise<LokiLine> =>
      eventually(
        `'${marker}'`,
        async () => (await logs(loki, `{service_name="stack-test"} | marker="${marker}"`, from, from + 2 * day))[0],
      )
    await found('yesterday', now - 2 * day)
    await found('this-morning', now - day)
    await found('last-week', now - 9 * day)
    await found('last-week-before', now - 9 * day)
    expect((await found('long-ago', Date.parse('1999-12-31T00:00:00Z'))).labels['day']).toBe('1999-12-31')
    expect((await found('years-ahead', now - day)).labels['time_as_said']).toMatch(/^20\d\d-/)
    await found('after-it', now - day)
  })

  it('holds nothing up and takes nothing with it, whatever is wrong with it', async () => {
    const times = ['1', '1732240000', '1732240000000', '18446744073709551615']
    const names = ['', '_', 'é', '订单']
    const odd = times.map((timeUnixNano) => ({ ...record(9, 'odd', [marked('odd')]), timeUnixNano }))
    const named = names.map((key) => record(9, 'odd', [marked('odd'), { key, value: string('kept') }]))
    const huge = {
      key: 'map',
      value: { kvlistValue: { values: [{ key: 'inner', value: string('x'.repeat(1_200_000)) }] } },
    }
    const wide = Array.from({ length: 600 }, (_, number) => ({
      key: `wide.${number}`,
      value: string('y'.repeat(2000)),
    }))
    await postLogs(
      collector,
      ...odd,
      ...named,
      record(9, 'odd', [marked('odd'), huge]),
      record(9, 'odd', [marked('odd'), ...wide]),
    )
    await postLogs(collector, ...Array.from({ length: 20 }, () => record(9, 'innocent', [marked('innocent')])))

    const found = await eventually('all of them', async () => {
      const lines = await logs(loki, '{service_name="stack-test"} | marker=~"odd|innocent"')
      return lines.length >= 30 ? lines : undefined
    })
    expect(found).toHaveLength(30)
    expect(found.filter(({ labels }) => labels['unnamed'] === 'kept')).toHaveLength(names.length)
    expect(found.filter(({ labels }) => labels['time_as_said'] !== undefined)).toHaveLength(times.length)
  })
})
