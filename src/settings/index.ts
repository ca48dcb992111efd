export type {
  ConsoleOptions,
  InitOptions,
  LevelOption,
  OtlpOptions,
  OtlpProtocol,
  OtlpSignalOptions,
  PrivacyOptions,
  PrivacyPattern,
  SpoolOptions,
} from './options.ts'
export type { OtlpSettings } from './otlp-settings.ts'
export { DEFAULT_SPOOL, type SpoolSettings } from './defaults.ts'
export { effectiveSettings, type EffectiveSetting } from './effective-settings.ts'
export type { Layer, Origin } from './layers.ts'
export type { Environment } from './environment.ts'
export { resolveSettings, spoolDirectoryOf, type ResolvedSettings, type Settings } from './settings.ts'
export { describeMistake, SettingsError, type SettingsMistake } from './settings-error.ts'
export type { PersonalData, PrivacyAction, PrivacyRule } from '../privacy/index.ts'
export { shownUrl } from './shown-value.ts'
export { withoutFile } from './surroundings.ts'
