/**
 * A program that saves, for the tests that need another process: one with another user, a limit, or a lock of its own.
 * It is bundled before it runs, so that plain Node starts it.
 */
import { writeSync } from 'node:fs'
import { withLock } from '../../src/save/lock.js'
import { type Save, save } from '../../src/save/save.js'

/** What it is asked for, as JSON in its one argument. */
export type Order = { readonly save: Save } | { readonly hold: string; readonly milliseconds: number }

const order = JSON.parse(process.argv[2] ?? '') as Order
if ('save' in order) writeSync(1, JSON.stringify(save(order.save)))
else {
  withLock(order.hold, () => {
    writeSync(1, 'held')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, order.milliseconds)
  })
}
