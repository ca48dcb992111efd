export type {
  ConsoleOptions,
  InitOptions,
  LevelOption,
  OtlpOptions,
  OtlpProtocol,
  OtlpSignalOptions,
  PrivacyOptions,
  PrivacyPattern,
} from './options.ts'
export type { OtlpSettings } from './otlp-settings.ts'
export { resolveSettings, type Settings } from './settings.ts'
export { describeMistake, SettingsError, type SettingsMistake } from './settings-error.ts'
export type { PersonalData, PrivacyAction, PrivacyRule } from '../privacy/index.ts'
export { shownUrl } from './shown-value.ts'
