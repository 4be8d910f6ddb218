/**
 * Preloaded into a measured process (`node --require`): when the process ends, writes its peak memory to the file
 * that BENCH_PEAK_FILE names.
 *
 * The kernel's VmHWM is the peak of this very program. `process.resourceUsage().maxRSS` is not: on Linux it starts
 * from the size of the process that started this one.
 */
const { readFileSync, writeFileSync } = require('node:fs')

process.on('exit', () => {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  writeFileSync(process.env.BENCH_PEAK_FILE, kilobytes)
})
