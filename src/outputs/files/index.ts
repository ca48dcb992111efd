export { FileOutput, type FileOutputSettings, type FileStatus } from './file-output.ts'
export type { FileDropReason, FileEvents } from './line-file.ts'
