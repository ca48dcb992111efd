export { loadBeside } from './load-beside.ts'
