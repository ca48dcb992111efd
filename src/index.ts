export {
  audit,
  AuditError,
  system,
  type ActionEntry,
  type ActionStatus,
  type AuditEntry,
  type AuditUser,
  type SecurityEventName,
} from './audit/index.ts'
export { bindContext, enrich, withContext } from './context/index.ts'
export { init, shutdown, type Clew, type ClewStatus } from './init.ts'
export {
  getLogger,
  logError,
  logOperation,
  operation,
  type DecoratedOperationOptions,
  type ExplicitErrorRecord,
  type ExplicitRecord,
  type LazyMessage,
  type LevelName,
  type Logger,
  type Operation,
  type OperationFunction,
  type OperationOptions,
  type StartedOperation,
} from './logging/index.ts'
export type { Fields } from './otlp/index.ts'
export type { LogRecordProcessor, SpanProcessor } from './plugins/index.ts'
export {
  SettingsError,
  type AuditOptions,
  type ConsoleOptions,
  type InitOptions,
  type PersonalData,
  type PrivacyAction,
  type PrivacyRule,
  type LevelOption,
  type OtlpOptions,
  type OtlpProtocol,
  type OtlpSignalOptions,
  type PrivacyOptions,
  type PrivacyPattern,
  type SettingsMistake,
  type SpoolOptions,
  type SuspiciousOptions,
} from './settings/index.ts'
