export { Notes } from './notes.ts'
