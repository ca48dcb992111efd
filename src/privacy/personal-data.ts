import type { PersonalData } from './privacy-settings.ts'

/** Finds one kind of personal data. */
export interface PersonalDetector {
  /** What looks like it; takes time linear to the length of the text. */
  readonly pattern: RegExp
  /** How many of the first characters are it; 0 when it only looks like it. */
  readonly realLength: (found: string) => number
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'

export const PERSONAL_DETECTORS: Readonly<Record<PersonalData, PersonalDetector>> = {
  email: {
    pattern: /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    realLength: (found) => found.length,
  },
  // With the country's number, or written as in North America.
  phone: {
    pattern:
      /(?<![\w+.-])(?:(?:\+|00)[1-9]\d{0,2}[ ./-]{0,2}(?:\(\d{1,5}\)[ ./-]{0,2})?\d(?:[ ./-]?\d){5,13}|(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?![\w-]|\.\d)/g,
    realLength: (found) => (found.replace(/\D/g, '').length < 8 ? 0 : found.length),
  },
  card: {
    pattern: /(?<![\w.-])[2-6]\d(?:[ -]?\d){11,17}(?![\w-]|\.\d)/g,
    realLength: (found) => longest(found, MIN_CARD, isCardNumber),
  },
  iban: {
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![a-z0-9])/g,
    realLength: (found) => longest(found, MIN_IBAN, isIban),
  },
  ip: {
    pattern: new RegExp(
      `(?<![\\w.])(?:${OCTET}\\.){3}${OCTET}(?![\\w]|\\.\\d)|(?<![\\w:.])[\\da-fA-F]{0,4}:[\\da-fA-F:]{1,40}(?:[\\d.]{7,15})?(?![\\w:])`,
      'g',
    ),
    realLength: (found) => (found.includes(':') && !isIPv6(found) ? 0 : found.length),
  },
}

const MIN_CARD = 13
const MIN_IBAN = 15

/** Loads `node:net` when it is needed, which is seldom. */
function isIPv6(found: string): boolean {
  return process.getBuiltinModule('node:net').isIPv6(found)
}

/** The longest beginning that ends between groups and has the right check digits: other numbers may follow. */
function longest(found: string, minLength: number, isRight: (compact: string) => boolean): number {
  for (let end = found.length; end >= minLength; end--) {
    if (end < found.length && found[end] !== ' ' && found[end] !== '-') continue
    if (isRight(found.slice(0, end).replace(/[ -]/g, ''))) return end
  }
  return 0
}

/** @see https://en.wikipedia.org/wiki/Luhn_algorithm */
function isCardNumber(digits: string): boolean {
  if (digits.length < MIN_CARD) return false
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at])
    const doubled = at % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** @see https://en.wikipedia.org/wiki/International_Bank_Account_Number#Validating_the_IBAN */
function isIban(compact: string): boolean {
  if (compact.length < MIN_IBAN) return false
  let rest = 0
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}
