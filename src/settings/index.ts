export type { ConsoleOptions, InitOptions, LevelOption, OtlpOptions } from './options.ts'
export { resolveSettings, type OtlpSettings, type Settings } from './settings.ts'
export { describeMistake, SettingsError, type SettingsMistake } from './settings-error.ts'
export { shownUrl } from './shown-value.ts'
