/**
 * `npm run bench`: measures commands as whole processes, as ratios to `node -e 0`, and how their cost grows.
 *
 *     node bench/bench.mjs            about ten minutes
 *     node bench/bench.mjs --quick    fewer runs and smaller sizes
 *     node bench/bench.mjs commands   only that table: commands, growth or many
 *
 * Prints the tables of docs/performance.md. Needs a build, which `npm run bench` makes.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCopy } from './copies.mjs'
import { makeFeatures, makeProducts } from './many.mjs'
import { inTurn, MEASURES_MEMORY, mergeOf, NOTHING, peakMemory, wallTime } from './measure.mjs'
import { exponent, median, table } from './numbers.mjs'
import { HOSTILE, makeSplent, makeWorkspace, ordinaryEnv } from './workspaces.mjs'

const quick = process.argv.includes('--quick')
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const BIN = fileURLToPath(new URL('../dist/product.cjs', import.meta.url))
const FEATURE_BIN = fileURLToPath(new URL('../dist/feature.cjs', import.meta.url))

/**
 * The first table: the work that users have. `command` makes a workspace in a folder and returns the command to
 * measure in it; `aim` is a ratio of wall times.
 */
const COMMANDS = [
  { name: 'first merge, 4 features × 3 variables', aim: 1.2, command: firstMerge(4, 3) },
  { name: 'repeated merge, 4 × 3', aim: 1.15, command: repeatedMerge(4, 3) },
  { name: 'first merge, 40 × 20', aim: 1.3, command: firstMerge(40, 20) },
  {
    name: '`env --merge --all --dry-run`, 60 products × 20 features × 60 ports',
    aim: 2.2,
    command: inProducts(['env', '--merge', '--all', '--dry-run']),
  },
  { name: '`list` of the same', aim: 4, command: inProducts(['list']) },
  { name: '`check` of the same', aim: 4, command: inProducts(['check']) },
  { name: '`compose --no-merge NAME ps` of the same', aim: 1.6, command: composeOf(['--no-merge'], ['ps']) },
  { name: '`compose NAME ps` of the same', aim: 1.6, command: composeOf([], ['ps']) },
  { name: '`compose NAME up -d` of the same', aim: null, command: composeOf([], ['up', '-d']) },
  { name: 'the Tab key after `check` of the same', aim: 1.5, command: completionOf('check') },
  {
    name: 'merge in a SPLENT workspace of 100 features',
    aim: null,
    command: (root) => {
      makeSplent(root, 100)
      return run(BIN, ['env', '--merge', 'bench_app'], 0)(root)
    },
  },
  { name: 'first merge of a copy, 5 services', aim: 2, command: copyOf(5) },
  { name: 'first merge of a copy, 30 services', aim: 3, command: copyOf(30) },
  { name: 'first merge of a copy, 130 services', aim: 6, command: copyOf(130) },
  {
    name: '`feature lint`, 100 features',
    aim: null,
    command: (root) => {
      makeFeatures(root, 100)
      return run(FEATURE_BIN, ['lint'], 0)(root)
    },
  },
]

/** An exponent: 1 is linear growth, 2 quadratic. */
const GROWTH_AIM = 1.1
const GROWTH_FEATURES = quick ? [63, 125, 250] : [125, 250, 500, 1000]
const GROWTH_MEGABYTES = quick ? [1, 2, 4] : [2, 4, 8, 16]

const MANY = quick ? [63, 125, 250] : [250, 500, 1000]

const TIME_ROUNDS = quick ? 5 : 21
const MEMORY_ROUNDS = quick ? 1 : 3
const GROWTH_ROUNDS = quick ? 2 : 5
const MANY_ROUNDS = quick ? 1 : 2

const temp = mkdtempSync(join(tmpdir(), 'product-env-bench-'))
try {
  process.stdout.write(`${machine()}\n\n`)
  for (const [name, print] of Object.entries({ commands, growth, many })) {
    if (chosen.length === 0 || chosen.includes(name)) process.stdout.write(`${print()}\n`)
  }
} finally {
  rmSync(temp, { recursive: true, force: true })
}

function machine() {
  const version = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
  return `product-env ${version}, Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} CPUs`
}

function commands() {
  const rows = COMMANDS.map(({ name, aim, command }, index) => {
    const measured = command(join(temp, `command-${index}`))
    const [nothing, times] = inTurn([NOTHING, measured], TIME_ROUNDS, wallTime)
    const time = ratio(times, nothing)
    const row = [name, time.text, aim ?? '–', time.spread, `${median(times).toFixed(0)} ms`]
    if (!MEASURES_MEMORY) return [...row, 'not measured']
    const [least, most] = inTurn([NOTHING, measured], MEMORY_ROUNDS, (each) =>
      peakMemory(each, join(temp, 'peak')),
    )
    return [...row, `${ratio(most, least).text} (${(median(most) / 1024).toFixed(0)} MB)`]
  })
  return table(['command', 'time', 'aim', 'middle half', 'median', 'peak memory'], rows)
}

function firstMerge(features, variables) {
  return (root) => mergeOf(BIN, makeWorkspace(root, { features, variables }))
}

/** A merge that finds nothing to do, as nothing removes the product env between the runs. */
function repeatedMerge(features, variables) {
  return (root) => ({ ...firstMerge(features, variables)(root), before: () => {} })
}

/** A project in a linked git worktree, in which nothing is generated yet. */
function copyOf(services) {
  return (root) => {
    const { copy, fresh } = makeCopy(root, services)
    return { args: [BIN, 'env', '--merge', '-C', copy], exitCode: 0, before: fresh }
  }
}

function inProducts(args) {
  return (root) => {
    makeProducts(root, 60)
    return run(BIN, args, 0)(root)
  }
}

/** `product compose` alone: its `docker` does nothing. */
function composeOf(options, args) {
  return (root) => {
    makeProducts(root, 60)
    const plugins = join(root, 'cli-plugins')
    mkdirSync(plugins)
    for (const file of [join(root, 'docker'), join(plugins, 'docker-compose')])
      writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 })
    const env = { PATH: `${root}${delimiter}${process.env.PATH}`, DOCKER_CONFIG: root }
    const line = ['-C', root, 'compose', ...options, 'product-0000', ...args]
    return { args: [BIN, ...line], env, exitCode: 0, before: () => {} }
  }
}

/** What a shell asks for the words that follow. */
function completionOf(command) {
  return (root) => {
    makeProducts(root, 60)
    return { args: [BIN, 'complete', '--', '-C', root, command, ''], exitCode: 0, before: () => {} }
  }
}

/** @returns a function that makes the command for a workspace */
function run(bin, args, exitCode) {
  return (root) => ({ args: [bin, ...args, '-C', root], exitCode, before: () => {} })
}

/** Shows how the time of a merge above that of `node -e 0` grows with the size. */
function growth() {
  const byFeatures = GROWTH_FEATURES.map((features) => [features, { features, variables: 50 }, 0])
  const byText = GROWTH_MEGABYTES.map((megabytes) => [
    megabytes,
    { features: 4, variables: 3, productEnv: ordinaryEnv(megabytes) },
    0,
  ])
  const series = [
    { name: 'features, 50 variables each', unit: '', points: byFeatures },
    { name: 'ordinary variables, in a product env', unit: ' MB', points: byText },
  ]
  for (const [name, text] of Object.entries(HOSTILE)) {
    // Compose refuses a quote that is never closed, so the merge ends with 1.
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
    // The logarithm needs a number above 0; noise can exceed the cost of the smallest size.
    const costs = merged.map((time, at) => [points[at][0], Math.max(time - nothing, 0.5)])
    rmSync(root, { recursive: true, force: true })
    const range = `${costs[0][0]} … ${costs.at(-1)[0]}${unit}`
    const times = costs.map(([, cost]) => cost.toFixed(0)).join(', ')
    return [name, range, exponent(costs).toFixed(2), exponent(costs.slice(-2)).toFixed(2), GROWTH_AIM, times]
  })
  const titles = ['growth with', 'from … to', 'exponent', 'last doubling', 'aim', 'ms above node -e 0']
  return table(titles, rows)
}

/** Shows how time and memory of the commands for many products grow with the number of products. */
function many() {
  // Among so many products some collide, so `check` ends with 1.
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
      GROWTH_AIM,
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
    'aim',
    'ms',
    'MB',
  ]
  return table(titles, rows)
}

/** Returns the median of the ratios of each pair, and the range of the middle half. */
function ratio(numbers, references) {
  const ratios = numbers.map((number, index) => number / references[index]).sort((a, b) => a - b)
  const quarter = Math.floor(ratios.length / 4)
  const spread = `${ratios[quarter].toFixed(2)}–${ratios[ratios.length - 1 - quarter].toFixed(2)}`
  return { text: median(ratios).toFixed(2), spread }
}
