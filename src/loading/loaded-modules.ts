/** The CommonJS modules that the process has loaded, by require or by import, by their files. Any place serves to reach them: a bundle may not know its own. */
export function loadedModules(): NodeJS.Require['cache'] {
  return process.getBuiltinModule('node:module').createRequire(process.execPath).cache
}
