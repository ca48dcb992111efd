import { expect, test } from 'vitest'
import { serviceColour } from '../../viewer/src/controls/service-colour.ts'

test('every service has one of the eight colours, the same each time, its own while there are free ones', () => {
  const names = ['interviews', 'shop', 'a', '', 'ünïcode', 'x'.repeat(500), 'orders', 'identity']
  const colours = names.map((name) => serviceColour(name))
  expect(colours.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(names.map((name) => serviceColour(name))).toEqual(colours)
  expect(serviceColour('one more')).toBeLessThan(8)
})
