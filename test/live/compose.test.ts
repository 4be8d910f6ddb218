import { chmodSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findCompose } from '../../src/live/compose.js'
import { makeFolder } from '../support/workspace.js'

describe.skipIf(process.platform === 'win32')('findCompose', () => {
  /** Looks with these programs on the PATH; a docker among them has the plugin. */
  function find(...names: readonly string[]) {
    const folder = makeFolder()
    for (const name of names) {
      folder.write({ [`bin/${name}`]: '#!/bin/sh\nexit 0\n' })
      chmodSync(folder.path(`bin/${name}`), 0o755)
    }
    return findCompose({ PATH: folder.path('bin'), HOME: folder.root })
  }

  test('prefers the plugin', async () => {
    expect(await find('docker', 'docker-compose')).toEqual(['docker', 'compose'])
    expect(await find('docker')).toEqual(['docker', 'compose'])
  })

  test('takes docker-compose without docker', async () => {
    expect(await find('docker-compose')).toEqual(['docker-compose'])
  })

  test('finds none', async () => {
    expect(await find()).toBeNull()
    expect(await findCompose({})).toBeNull()
  })
})
