export { loadBeside } from './load-beside.ts'
export { loadedModules } from './loaded-modules.ts'
