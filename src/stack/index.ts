/** The collector stack as files for a user's folder, with the settings of one file put in. */
export { type StackSettings } from './stack-settings.ts'
export { readStackSettings, type SettingsSource, type StackReading } from './read-settings.ts'
export { renderStack, SETTINGS_FILE } from './render-stack.ts'
export {
  changedLines,
  compareFolder,
  isWrittenByClew,
  MANIFEST,
  manifestText,
  type FileState,
  type FolderComparison,
} from './compare-folder.ts'
export { writeFolder } from './write-folder.ts'
export { ALERTS_FILE, GRAFANA_ALERTS, withAlerts, type AlertsText } from './render-alerts.ts'
export { packageFolder } from './package-folder.ts'
export { isThere, PartlyWritten, readText, UnusableFile } from './unusable-file.ts'
