/**
 * `npm run bench`: what a merge costs as a whole process, as ratios to `node -e 0`, and how the cost grows.
 *
 *     node bench/bench.mjs           about ten minutes
 *     node bench/bench.mjs --quick   fewer runs and smaller sizes, for a first look
 *     node bench/bench.mjs many      only the table of that name: sizes, growth or many
 *
 * Prints Markdown; docs/performance.md holds one such print. Needs a build (`npm run bench` makes it).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFeatures, makeProducts } from './many.mjs'
import { inTurn, MEASURES_MEMORY, mergeOf, NOTHING, peakMemory, wallTime } from './measure.mjs'
import { exponent, median, table } from './numbers.mjs'
import { HOSTILE, makeWorkspace, ordinaryEnv } from './workspaces.mjs'

const quick = process.argv.includes('--quick')
/** The tables that are asked for; none means all. */
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const BIN = fileURLToPath(new URL('../dist/product.cjs', import.meta.url))
const FEATURE_BIN = fileURLToPath(new URL('../dist/feature.cjs', import.meta.url))

/** A row of the first table each; `target` is what the project aims at (wall time, then peak memory). */
const SIZES = [
  { name: '4 features × 3 variables', features: 4, variables: 3, target: [1.12, 1.15] },
  { name: '40 × 20', features: 40, variables: 20, target: [1.2, 1.15] },
  { name: '1,000 × 50', features: 1000, variables: 50, target: [2.6, null] },
  { name: '4 × 3, into a product env of 10 MB', features: 4, variables: 3, env: 10, target: [6.5, null] },
  { name: '4 × 3, no product.yaml', features: 4, variables: 3, listed: false, target: [1.12, 1.15] },
]

/** The growth that is aimed at, as an exponent. */
const GROWTH_TARGET = 1.1
const GROWTH_FEATURES = quick ? [125, 250, 500, 1000] : [250, 500, 1000, 2000, 4000]
const GROWTH_MEGABYTES = quick ? [1, 2, 4] : [2, 4, 8, 16]

const MANY = quick ? [63, 125, 250] : [250, 500, 1000]

const TIME_ROUNDS = quick ? 5 : 21
const MEMORY_ROUNDS = quick ? 1 : 3
const GROWTH_ROUNDS = quick ? 2 : 5
const MANY_ROUNDS = quick ? 1 : 2

const temp = mkdtempSync(join(tmpdir(), 'product-env-bench-'))
try {
  process.stdout.write(`${machine()}\n\n`)
  for (const [name, print] of Object.entries({ sizes, growth, many })) {
    if (chosen.length === 0 || chosen.includes(name)) process.stdout.write(`${print()}\n`)
  }
} finally {
  rmSync(temp, { recursive: true, force: true })
}

/** What was measured, where: numbers without it mean little. */
function machine() {
  const version = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
  return `product-env ${version}, Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} CPUs`
}

/** The first table: each size against `node -e 0`, run in turn with it. */
function sizes() {
  const rows = SIZES.map(({ name, env, target, ...shape }, index) => {
    const productEnv = env === undefined ? undefined : ordinaryEnv(env)
    const merge = mergeOf(BIN, makeWorkspace(join(temp, `size-${index}`), { ...shape, productEnv }))
    const [nothing, merged] = inTurn([NOTHING, merge], TIME_ROUNDS, wallTime)
    const time = ratio(merged, nothing)
    const [timeTarget, memoryTarget] = target
    const row = [
      name,
      time.text,
      timeTarget,
      time.spread,
      `${median(merged).toFixed(0)} ms`,
      `${median(nothing).toFixed(0)} ms`,
    ]
    if (!MEASURES_MEMORY) return [...row, 'not measured', memoryTarget ?? '–']
    const [least, most] = inTurn([NOTHING, merge], MEMORY_ROUNDS, (command) =>
      peakMemory(command, join(temp, 'peak')),
    )
    return [...row, ratio(most, least).text, memoryTarget ?? '–']
  })
  const titles = ['case', 'time', 'target', 'middle half', 'merge', 'node -e 0', 'peak memory', 'target']
  return table(titles, rows)
}

/** The second table: how the time above `node -e 0` grows with the size. */
function growth() {
  const byFeatures = GROWTH_FEATURES.map((features) => [features, { features, variables: 10 }, 0])
  const series = [{ name: 'features, 10 variables each', unit: '', points: byFeatures }]
  for (const [name, text] of Object.entries(HOSTILE)) {
    // A quote that is never closed is what Compose refuses: the merge ends with 1.
    const exitCode = name === 'missing closing quotes' ? 1 : 0
    for (const where of ['productEnv', 'template']) {
      const points = GROWTH_MEGABYTES.map((megabytes) => [
        megabytes,
        { features: 1, variables: 3, [where]: text(megabytes) },
        exitCode,
      ])
      series.push({
        name: `${name}, in a ${where === 'template' ? 'template' : 'product env'}`,
        unit: ' MB',
        points,
      })
    }
  }
  const rows = series.map(({ name, unit, points }, index) => {
    const root = join(temp, `growth-${index}`)
    const merges = points.map(([size, shape, exitCode]) =>
      mergeOf(BIN, makeWorkspace(join(root, String(size)), shape), exitCode),
    )
    const [nothing, ...merged] = inTurn([NOTHING, ...merges], GROWTH_ROUNDS, wallTime).map(median)
    // What is left may be next to nothing for the smallest size; half a millisecond is what the clock resolves.
    const costs = merged.map((time, at) => [points[at][0], Math.max(time - nothing, 0.5)])
    rmSync(root, { recursive: true, force: true })
    const range = `${costs[0][0]} … ${costs.at(-1)[0]}${unit}`
    const times = costs.map(([, cost]) => cost.toFixed(0)).join(', ')
    return [
      name,
      range,
      exponent(costs).toFixed(2),
      exponent(costs.slice(-2)).toFixed(2),
      GROWTH_TARGET,
      times,
    ]
  })
  const titles = ['growth with', 'from … to', 'exponent', 'last doubling', 'target', 'ms above node -e 0']
  return table(titles, rows)
}

/** The third table: how looking at all products of a host grows with their number, in time and in memory. */
function many() {
  const run = (bin, args, exitCode) => (root) => ({
    args: [bin, ...args, '-C', root],
    exitCode,
    before: () => {},
  })
  // With so many products some collide, which is what 1 says.
  const series = [
    ['product list', makeProducts, run(BIN, ['list'], 0)],
    ['product check', makeProducts, run(BIN, ['check'], 1)],
    ['product check --fix --dry-run', makeProducts, run(BIN, ['check', '--fix', '--dry-run'], 1)],
    ['feature lint', makeFeatures, run(FEATURE_BIN, ['lint'], 0)],
  ]
  const rows = series.map(([name, make, command], index) => {
    const commands = MANY.map((count) => {
      const root = join(temp, `many-${index}-${count}`)
      make(root, count)
      return command(root)
    })
    const [nothing, ...times] = inTurn([NOTHING, ...commands], MANY_ROUNDS, wallTime).map(median)
    const points = (costs) => costs.map((cost, at) => [MANY[at], cost])
    const memory = MEASURES_MEMORY
      ? inTurn(commands, 1, (each) => peakMemory(each, join(temp, 'peak'))).map(median)
      : null
    return [
      name,
      `${MANY[0]} … ${MANY.at(-1)}`,
      (times.at(-1) / nothing).toFixed(1),
      exponent(points(times.map((time) => time - nothing))).toFixed(2),
      memory === null ? 'not measured' : exponent(points(memory)).toFixed(2),
      GROWTH_TARGET,
      times.map((time) => time.toFixed(0)).join(', '),
      memory === null ? '–' : memory.map((kilobytes) => (kilobytes / 1024).toFixed(0)).join(', '),
    ]
  })
  const titles = [
    'command',
    'products, or features',
    'largest / node -e 0',
    'exponent',
    'of memory',
    'target',
    'ms',
    'MB',
  ]
  return table(titles, rows)
}

/** The median of the ratios of each pair, and the range that the middle half of the pairs lies in. */
function ratio(numbers, references) {
  const ratios = numbers.map((number, index) => number / references[index]).sort((a, b) => a - b)
  const quarter = Math.floor(ratios.length / 4)
  const spread = `${ratios[quarter].toFixed(2)}–${ratios[ratios.length - 1 - quarter].toFixed(2)}`
  return { text: median(ratios).toFixed(2), spread }
}
