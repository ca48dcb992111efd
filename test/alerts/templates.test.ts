import { describe, expect, test } from 'vitest'
import { grafanaRule, readAlerts } from '../../src/alerts/index.ts'
import { plainTemplate } from '../../src/alerts/plain-template.ts'
import { findProgram } from '../../stack/native/find-program.ts'
import { linkedQuery, printAnnotations } from '../stack/support/render-templates.ts'

const TEXTS = ['cost {$x}', '{$', '{{$x}}', '{{{$', '{{{{ $', '${{x}}', '{$${{{', '{ {{ { $ {', '}} {', '"\\x24`\u007f']
// One character each of those that Go writes as \x.., \u.... and \U........, and one that it writes as it is.
const ODD = '\u007f\u0001\u00a0\u{e0001}\u{1f600}é"\\%'

describe.skipIf(findProgram('go') === undefined)("Go's templates", () => {
  test('print texts as they are', () => {
    const templates = Object.fromEntries(TEXTS.map((text) => [text, plainTemplate(text)]))
    const printed = printAnnotations(templates, { labels: {}, value: 1 })
    expect(printed).toEqual(Object.fromEntries(TEXTS.map((text) => [text, text])))
    expect(Object.values(templates).join('')).not.toContain('$')
  })

  test('print a link that can be opened, whatever a condition and a group hold', () => {
    const where = JSON.stringify({ text: ODD, attributes: { a: [ODD, `${ODD}*`] } })
    const written = `rules: { mine: { summary: s, what: count, above: 1, within: 5m, by: user, where: ${where} } }`
    const [rule] = readAlerts(written).rules
    const { logs = '' } = rule === undefined ? {} : grafanaRule(rule).annotations
    const link = printAnnotations({ logs }, { labels: { user_id: ODD }, value: 1 })['logs'] ?? ''
    const text = String.raw`\U0000007f\u0001${'\u00a0'}\U000e0001\U0001f600é\"\\%`
    const user = String.raw`\x7f\x01\u00a0\U000e0001😀é\"\\%`
    expect(linkedQuery(link)).toContain(`|= "${text}"`)
    expect(linkedQuery(link)).toContain(`user_id="${user}"`)
  })
})
