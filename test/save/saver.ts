/** A program that saves, for the tests that need another process: one with another user, or a limit. */
import { writeSync } from 'node:fs'
import { type Save, save } from '../../src/save/save.js'

writeSync(1, JSON.stringify(save(JSON.parse(process.argv[2] ?? '') as Save)))
