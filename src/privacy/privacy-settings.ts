/** What may become of a value or of what a pattern finds. */
export const PRIVACY_ACTIONS = ['remove', 'mask', 'hash', 'truncate', 'length'] as const
export type PrivacyAction = (typeof PRIVACY_ACTIONS)[number]

/** What is found in any text when it is asked for. */
export const PERSONAL_DATA = ['email', 'phone', 'card', 'iban', 'ip'] as const
export type PersonalData = (typeof PERSONAL_DATA)[number]

/** An action, with the number of characters that `truncate` keeps. */
export type PrivacyRule =
  PrivacyAction | { readonly action: PrivacyAction; readonly first?: number; readonly last?: number }

/** A rule for what an expression finds in texts. */
export interface PatternRule {
  readonly pattern: RegExp
  /** Shown in the mask. */
  readonly name?: string | undefined
  readonly action: PrivacyRule
}

/** The rules beside those for secrets, which are always on. */
export interface PrivacySettings {
  /** By the names of fields, in any case; `*` stands for any characters. */
  readonly keys: Readonly<Record<string, PrivacyRule>>
  readonly patterns: readonly PatternRule[]
  readonly personalData: Readonly<Partial<Record<PersonalData, PrivacyRule>>>
  /** Whether long prompts, responses and transcripts are shortened. */
  readonly contents: boolean
  /** Names of fields in which personal data stays; a name that tells of a secret lifts that too. */
  readonly exempt: readonly string[]
  /** The key of `hash`; without one it is random, and so hashes of two processes never match. */
  readonly hashKey: string | undefined
}

/** What `init()` starts with. The fields that are exempt are those whose purpose is personal: who did something, from where. */
export const DEFAULT_PRIVACY: PrivacySettings = Object.freeze({
  keys: {},
  patterns: [],
  personalData: {},
  contents: true,
  exempt: ['user.email', 'client.address'],
  hashKey: undefined,
})
