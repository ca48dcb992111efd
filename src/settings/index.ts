export type {
  AuditOptions,
  ConsoleOptions,
  FileOptions,
  InitOptions,
  LevelOption,
  OtlpOptions,
  OtlpProtocol,
  OtlpSignalOptions,
  PrivacyOptions,
  PrivacyPattern,
  SpoolOptions,
  SuspiciousOptions,
} from './options.ts'
export type { FileSettings } from './file-settings.ts'
export type { OtlpSettings } from './otlp-settings.ts'
export {
  DEFAULT_SPOOL,
  resolveSettings,
  spoolDirectoryOf,
  type AuditSettings,
  type Settings,
  type SpoolSettings,
} from './settings.ts'
export { describeMistake, SettingsError, type SettingsMistake } from './settings-error.ts'
export type { PersonalData, PrivacyAction, PrivacyRule } from '../privacy/index.ts'
export { shownUrl } from './shown-value.ts'
