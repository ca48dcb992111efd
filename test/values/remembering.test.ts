import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRedactor, type Redactor } from '../../src/privacy/index.ts'
import { remembering } from '../../src/values/remembering.ts'

const redactor = createRedactor()

test('a redactor with a memory answers as it does without', () => {
  const remembered = remembering(redactor)
  const secrets = ['password=hunter2', 'redis://u:pw@h', 'Bearer abcdefghijklmnop', 'x\ud800', '']
  const text = fc.oneof(fc.constantFrom('GET', '/orders/:id', ...secrets), fc.string({ maxLength: 4 }), fc.string())
  fc.assert(
    fc.property(fc.array(text, { minLength: 100, maxLength: 400 }), fc.boolean(), (texts, cut) => {
      for (const one of texts) expect(remembered.text(one, cut)).toBe(redactor.text(one, cut))
    }),
  )
})

test('what comes again and again is looked through no more, what is hidden always', () => {
  const looked: string[] = []
  const counting: Redactor = {
    keyRule: () => undefined,
    text: (text) => {
      looked.push(text)
      return text.replace('secret', '')
    },
  }
  const remembered = remembering(counting)
  const say = (): void => {
    for (const text of ['GET', '/orders/:id', 'my secret']) remembered.text(text)
  }
  for (let i = 0; i < 2_000; i++) say()
  looked.length = 0
  for (let i = 0; i < 100; i++) say()
  expect(new Set(looked)).toEqual(new Set(['my secret']))
})
