#!/usr/bin/env node
/**
 * Starts a command. To compile its JavaScript takes V8 longer than a small merge takes, so what V8 has made of it
 * is kept in a file beside it, as `module.enableCompileCache` of Node 22 does; this works from Node 20 on. The
 * file belongs to one build of ours and one version of Node. Where it is missing, does not fit or cannot be
 * written, the command runs just the same, a few milliseconds slower. `NODE_DISABLE_COMPILE_CACHE=1`, Node's own
 * switch, turns it off.
 */
'use strict'
const { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs')
const { Script } = require('node:vm')

const BUILD = '__BUILD__'
const enabled = !process.env.NODE_DISABLE_COMPILE_CACHE
/** Each command has its own, which holds just the functions that it needs. */
const command = /^[a-z]+$/.exec(process.argv[2])?.[0] ?? 'none'

// Most runs end before they gain from what V8 optimises meanwhile: 15 times the default of Node 20, which later versions
// do not know. A merge of one product is too short for V8 to begin.
if (process.version.startsWith('v20.') && (command !== 'env' || process.argv.includes('--all')))
  require('node:v8').setFlagsFromString('--interrupt-budget=1000000')

const loaded = new Map()
const uncached = []

/** As `require` for a file of this folder. */
function load(name) {
  const known = loaded.get(name)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  loaded.set(name, module)
  const filename = `${__dirname}/${name.slice(2)}`
  const cache = `${filename}.${BUILD}-${process.version}-${process.arch}-${command}.cache`
  const cachedData = enabled ? readCache(cache) : undefined
  // The files are ASCII: the build sees to that.
  const source = `(function(require,module,exports){${readFileSync(filename, 'latin1')}\n})`
  const script = new Script(source, { filename, cachedData })
  if (enabled && script.cachedDataRejected !== false) uncached.push({ cache, script })
  const requireFrom = (id) => (id.startsWith('./') ? load(id) : require(id))
  script.runInThisContext()(requireFrom, module, module.exports)
  return module.exports
}

/** What V8 wrote, if it is whole: V8 would run a damaged cache, and crash. It is there twice, since to compare is the fastest check. */
function readCache(file) {
  try {
    const bytes = readFileSync(file)
    const data = bytes.subarray(0, bytes.length / 2)
    return data.equals(bytes.subarray(data.length)) ? data : undefined
  } catch {
    return undefined
  }
}

/** At the end of a run, when V8 has compiled what such a run needs. Never in the way: an error is no error. */
function save() {
  for (const { cache, script } of uncached) {
    const draft = `${cache}.${process.pid}`
    try {
      accessSync(__dirname, constants.W_OK)
      const data = script.createCachedData()
      writeFileSync(draft, Buffer.concat([data, data]))
      renameSync(draft, cache)
    } catch {
      rmSync(draft, { force: true })
    }
  }
}

// Wrong usage (2) has compiled nothing that another run needs.
process.on('exit', (code) => code === 2 || save())
load('__MAIN__')
