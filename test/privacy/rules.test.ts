import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createRedactor, type PersonalData, type PrivacySettings } from '../../src/privacy/index.ts'

const HASH_KEY = 'a key of the tests'
const redactorOf = (settings: Partial<PrivacySettings>) => createRedactor({ hashKey: HASH_KEY, ...settings })
const hashOf = (text: string): string =>
  `hmac:${createHmac('sha256', HASH_KEY).update(text).digest('hex').slice(0, 16)}`

/** What goes out for a value under a key: itself when there is no rule for it. */
function sent(settings: Partial<PrivacySettings>, key: string, value: unknown): unknown {
  const rule = redactorOf(settings).keyRule(key)
  return rule?.covers(value) === true ? rule.replace(value) : value
}

describe('a rule for a key', () => {
  test.each([
    ['mask', '[REDACTED]'],
    ['hash', hashOf('Ann Arbor')],
    ['truncate', 'An…or'],
    ['length', '[9 characters]'],
    ['remove', undefined],
    [{ action: 'truncate', first: 4, last: 0 }, 'Ann …'],
    [{ action: 'truncate', first: 3, last: 2 }, '[REDACTED]'],
  ] as const)('%j makes of the value %j', (rule, expected) =>
    expect(sent({ keys: { 'user.name': rule } }, 'user.name', 'Ann Arbor')).toBe(expected),
  )

  test('is for the key in any case, and for keys that a star stands for', () => {
    const keys = { 'User.Name': 'mask', 'customer.*': 'length' } as const
    expect(sent({ keys }, 'user.NAME', 'Ann')).toBe('[REDACTED]')
    expect(sent({ keys }, 'Customer.address.city', 'Bonn')).toBe('[4 characters]')
    expect(sent({ keys }, 'my.customer.name', 'Ann')).toBe('Ann')
  })

  test('hashes numbers as their digits, and shows nothing of lists and maps', () => {
    const keys = { id: 'hash', gone: 'remove' } as const
    expect(sent({ keys }, 'id', 1047)).toBe(hashOf('1047'))
    expect(sent({ keys }, 'id', ['a', 'b'])).toBe('[REDACTED]')
    expect(sent({ keys }, 'id', { a: 1 })).toBe('[REDACTED]')
    expect(sent({ keys }, 'gone', { a: 1 })).toBeUndefined()
    expect(sent({ keys }, 'id', null)).toBeNull()
  })

  test('without a hash key differs between two processes, and not within one', () => {
    const [first, second] = [createRedactor({ keys: { id: 'hash' } }), createRedactor({ keys: { id: 'hash' } })]
    expect(first.keyRule('id')?.replace('x')).toBe(first.keyRule('id')?.replace('x'))
    expect(first.keyRule('id')?.replace('x')).not.toBe(second.keyRule('id')?.replace('x'))
  })
})

describe('a secret', () => {
  test('stays hidden when a rule with a star would show of it', () => {
    for (const rule of ['hash', 'truncate', 'length'] as const)
      expect(sent({ keys: { '*': rule } }, 'user.password', 'hunter2 hunter2')).toBe('[REDACTED]')
    expect(sent({ keys: { '*': 'remove' } }, 'user.password', 'hunter2')).toBeUndefined()
  })

  test('is shown as a rule for its very name says', () => {
    expect(sent({ keys: { 'csrf.token': 'length' } }, 'csrf.token', 'hunter2')).toBe('[7 characters]')
    expect(sent({ exempt: ['Signature'] }, 'signature', 'Ann Arbor')).toBe('Ann Arbor')
    expect(sent({ exempt: ['*'] }, 'signature', 'Ann Arbor')).toBe('[REDACTED]')
  })

  test('in the text of a field that is exempt is hidden', () => {
    const redactor = redactorOf({ exempt: ['auth'] })
    expect(redactor.keyRule('auth')).toBeUndefined()
    expect(redactor.text('redis://u:hunter2@h')).toBe('redis://[REDACTED]@h')
  })
})

describe('a pattern', () => {
  const order = /\bORD-\d+\b/i

  test.each([
    [{ pattern: order, action: 'mask' }, 'see [REDACTED] and [REDACTED]'],
    [{ pattern: order, name: 'order', action: 'mask' }, 'see [REDACTED order] and [REDACTED order]'],
    [{ pattern: order, action: 'hash' }, `see ${hashOf('ORD-17')} and ${hashOf('ord-204')}`],
    [{ pattern: order, action: { action: 'truncate', first: 1, last: 2 } }, 'see O…17 and o…04'],
    [{ pattern: order, action: 'remove' }, 'see  and '],
    [{ pattern: /ORD-\d+/y, action: 'length' }, 'see [6 characters] and ord-204'],
  ] as const)('%j', (rule, expected) =>
    expect(redactorOf({ patterns: [rule] }).text('see ORD-17 and ord-204')).toBe(expected),
  )
})

describe('personal data', () => {
  const found = (kind: PersonalData, text: string): string =>
    redactorOf({ personalData: { [kind]: 'mask' } }).text(text)

  test.each<[PersonalData, string, string]>([
    ['email', 'to ann.arbor+x@mail.example.org, now', 'to [REDACTED], now'],
    ['email', 'to jürgen@müller.example', 'to [REDACTED]'],
    ['phone', 'call +49 30 901820 or (555) 123-4567 or 555-123-4567', 'call [REDACTED] or [REDACTED] or [REDACTED]'],
    ['phone', 'call +1-202-555-0143 x', 'call [REDACTED] x'],
    ['card', 'paid by 4111 1111 1111 1111 12 times', 'paid by [REDACTED] 12 times'],
    ['card', 'paid by 378282246310005, 5555-5555-5555-4444', 'paid by [REDACTED], [REDACTED]'],
    ['iban', 'from DE89 3704 0044 0532 0130 00 TO GB82WEST12345698765432.', 'from [REDACTED] TO [REDACTED].'],
    ['ip', 'from 192.168.1.7 and 2001:db8::8a2e:370:7334, ::1', 'from [REDACTED] and [REDACTED], [REDACTED]'],
  ])('of the kind %s is found in "%s"', (kind, text, expected) => expect(found(kind, text)).toBe(expected))

  test.each<[PersonalData, string]>([
    ['email', 'ssh git@host, user@'],
    ['phone', 'order 104711, 2026-11-21 10:30:45, v1.2.3, 550e8400-e29b-41d4-a716-446655440000'],
    ['card', 'order 4111111111111112, trace 00000000000000000000'],
    ['iban', 'DE00 3704 0044 0532 0130 00 and ABCD1234EFGH5678'],
    ['ip', '10:30:45, 1.2.3, 999.1.1.1, a::b::c, 00:1b:44:11:3a:b7'],
  ])('of the kind %s is not seen in "%s"', (kind, text) => expect(found(kind, text)).toBe(text))

  test('is not looked for unless asked', () => {
    const text = 'ann@example.org +49 30 901820 4111111111111111 DE89370400440532013000 192.168.1.7'
    expect(createRedactor().text(text)).toBe(text)
  })

  test('may be hashed', () =>
    expect(redactorOf({ personalData: { email: 'hash' } }).text('to a@b.example')).toBe(`to ${hashOf('a@b.example')}`))

  test('stays in the fields that are exempt, but not the secrets in them', () => {
    const personalData = { email: 'mask', ip: 'mask' } as const
    expect(sent({ personalData }, 'user.email', 'ann@example.org')).toBe('ann@example.org')
    expect(sent({ personalData }, 'client.address', '10.0.0.7')).toBe('10.0.0.7')
    expect(sent({ personalData }, 'user.email', 'token=hunter2')).toBe('token=[REDACTED]')
    expect(redactorOf({ personalData, exempt: [] }).keyRule('user.email')).toBeUndefined()
    expect(redactorOf({ personalData, exempt: [] }).text('ann@example.org')).toBe('[REDACTED]')
  })

  test('at the end of a text that was cut is left out with what may be half of it', () => {
    const redactor = redactorOf({ personalData: { card: 'mask' } })
    expect(redactor.text(`${'x '.repeat(100)}4111 1111 11`, true)).not.toContain('4111')
  })
})

describe('contents', () => {
  const long = `Dear model, my password=hunter2 is wrong. ${'Please help. '.repeat(40)}`

  test.each([
    'gen_ai.prompt',
    'gen_ai.completion',
    'gen_ai.prompt.0.content',
    'gen_ai.input.messages',
    'gen_ai.tool.call.result',
    'prompt',
    'systemPrompt',
    'completion',
    'transcript',
    'llm.response',
  ])('of %s become their length and a beginning without secrets', (key) =>
    expect(sent({}, key, long)).toBe(
      `[${long.length} characters] Dear model, my password=[REDACTED] is wrong. Please help. Please…`,
    ),
  )

  test('in lists of messages do too, but for what is under names of secrets', () => {
    const messages = [{ role: 'user', apiKey: 'hunter2', parts: [{ type: 'text', content: long }] }]
    const shown = sent({}, 'gen_ai.input.messages', messages)
    expect(shown).toMatch(/^\[\d+ characters\] user\ntext\nDear model/)
    expect(shown).not.toContain('hunter2')
  })

  test('stay when they are short, under other names, or when told so', () => {
    expect(sent({}, 'prompt', 'Who are you?')).toBe('Who are you?')
    expect(sent({}, 'gen_ai.usage.input_tokens', 5)).toBe(5)
    expect(sent({}, 'prompt_count', long)).toBe(long)
    expect(sent({}, 'http.response.body', long)).toBe(long)
    expect(sent({ contents: false }, 'prompt', long)).toBe(long)
  })

  test('survive what values can do', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    for (const value of [
      cyclic,
      {
        get a() {
          throw new Error('no')
        },
      },
      Buffer.alloc(999),
      new Map(),
    ])
      // prettier-ignore
      expect(sent({}, 'prompt', value)).toBe(value)
  })
})
