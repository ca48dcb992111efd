export type { KeyRule } from './key-rule.ts'
export {
  DEFAULT_PRIVACY,
  PERSONAL_DATA,
  PRIVACY_ACTIONS,
  type PersonalData,
  type PrivacyAction,
  type PrivacyRule,
  type PrivacySettings,
} from './privacy-settings.ts'
export { REDACTED } from './redacted.ts'
export { createRedactor, type Redactor } from './redactor.ts'
export { hidesNext, secretProperties } from './secret-entry.ts'
