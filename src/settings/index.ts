export type {
  AuditOptions,
  ConsoleOptions,
  DatabaseOptions,
  FileOptions,
  FlightRecorderOptions,
  InitOptions,
  LevelControlOptions,
  LevelOption,
  LoggerOption,
  LoggersOptions,
  OtlpOptions,
  OtlpProtocol,
  OtlpSignalOptions,
  PrivacyOptions,
  PrivacyPattern,
  SpanLimitOptions,
  SpoolOptions,
  RedisOptions,
  SuspiciousOptions,
} from './options.ts'
export type { SessionSourceOptions, WebSocketOptions } from './websocket-options.ts'
export type { CaptureHeadersOptions, HttpOptions } from './http-options.ts'
export type { HttpSettings } from './http-settings.ts'
export type { DatabaseSettings } from './database.ts'
export type { FileSettings } from './file-settings.ts'
export type { OtlpSettings } from './otlp-settings.ts'
export { DEFAULT_SPOOL, type SpoolSettings } from './defaults.ts'
export { effectiveSettings, saidSettings, type EffectiveSetting } from './effective-settings.ts'
export type { Layer, Origin } from './layers.ts'
export {
  resolveSettings,
  spoolDirectoryOf,
  type ResolvedSettings,
  type AuditSettings,
  type Settings,
} from './settings.ts'
export { describeMistake, SettingsError, type SettingsMistake } from './settings-error.ts'
export type { PersonalData, PrivacyAction, PrivacyRule } from '../privacy/index.ts'
export { shownUrl } from './shown-value.ts'
