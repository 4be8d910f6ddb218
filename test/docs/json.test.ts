/** Compares the fields in docs/json.md with those that are printed. */
import { describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { containerOf, engineOf } from '../support/machine.js'
import { demoWorkspace, makeWorkspace, type TestWorkspace } from '../support/workspace.js'
import { readPage } from './pages.js'

type Fields = Readonly<Record<string, unknown>>

describe('docs/json.md', () => {
  test('has the fields of every document', async () => {
    const fields = Object.keys(await printed('--merge my_first_app'))
    expect(fields.filter((field) => field !== 'products')).toEqual(documented('Every document'))
  })

  test('has the fields of a merged instance, which are those of a merge', async () => {
    const { products } = await printed('--merge my_first_app --instance blue')
    expect(products.map(({ instance }) => instance)).toEqual([null, 'blue'])
    expect(Object.keys(products[1] ?? {})).toEqual(documented('`product env --merge --json`'))
  })

  test('has the fields of the list', async () => {
    const workspace = demoWorkspace()
    const gone = { project: 'my_first_app-gone', directory: workspace.path('products/my_first_app') }
    const machine = { engine: engineOf([containerOf('web', gone), []]) }
    const { stdout } = await product('list --live --json', workspace, { machine })
    const { products, leftovers } = JSON.parse(stdout)
    expect(Object.keys(products[0])).toEqual(documented('`product list --json`'))
    expect(Object.keys(leftovers[0])).toEqual(documented('A leftover'))
  })

  test('has the fields of a claim, with --live and without', async () => {
    const withNow = (await resultOf('ports --live --json'))['ports'] as Fields[]
    expect(Object.keys(withNow[0] ?? {})).toEqual(documented('A claim'))
    const without = (await resultOf('ports --json'))['ports'] as Fields[]
    expect([...Object.keys(without[0] ?? {}), 'now', 'holders']).toEqual(documented('A claim'))
  })

  test('has the fields of the port of a name, and of a variable', async () => {
    expect(own(await resultOf('port my_first_app --json'))).toEqual(documented('`product port --json`'))
    const variable = await resultOf('port my_first_app REDIS_HOST_PORT --json')
    expect(own(variable)).toEqual(documented('Of a variable'))
  })

  test('has the fields of whois', async () => {
    expect(own(await resultOf('whois 6971 --json'))).toEqual(documented('`product whois --json`'))
  })

  test('has the fields of a check, and of what it finds', async () => {
    const workspace = demoWorkspace()
    workspace.write({
      'products/old_tax_shop/product.yaml': 'features: [redis]\n',
      'products/kiosk/product.yaml': 'features: []\n',
      'products/kiosk/compose.yaml': 'services: { web: { image: nginx, ports: ["8443:443"] } }\n',
    })
    const result = await resultOf('check --fix --dry-run --format json', workspace)
    expect(own(result)).toEqual(documented('`product check --format json`'))
    for (const list of ['collisions', 'hazards', 'reassignments']) {
      const [found] = result[list] as Fields[]
      expect(Object.keys(found ?? {}), list).toEqual(namedIn('`product check --format json`', list))
    }
  })

  test('has the fields of an outdated env file', async () => {
    const workspace = demoWorkspace()
    await product('env --merge my_first_app', workspace)
    workspace.write({ 'products/my_first_app/product.yaml': 'offset: 7\n' })
    const { outdated } = await resultOf('check --fix --format json', workspace)
    const fields = Object.keys((outdated as Fields[])[0] ?? {})
    expect(fields).toEqual(namedIn('`product check --format json`', 'outdated'))
  })

  test('has the fields of an unresolved collision', async () => {
    const workspace = demoWorkspace()
    workspace.write({ 'workspace.yaml': 'modulus: 1\n' })
    const { unresolved } = await resultOf('check --fix --format json', workspace)
    const fields = Object.keys((unresolved as Fields[])[0] ?? {})
    expect(fields).toEqual(namedIn('`product check --format json`', 'unresolved'))
  })

  test('has the fields of a new feature, of --generate and of --remove', async () => {
    const workspace = demoWorkspace()
    const { stdout } = await feature('new minio --json', workspace)
    expect(own(JSON.parse(stdout) as Fields)).toEqual(documented('`feature new --json`'))
    workspace.write({ 'products/my_first_app/.env.example': 'A=1\n' })
    const { products } = await printedIn(workspace, '--generate my_first_app')
    expect(Object.keys(products[0] ?? {})).toEqual(documented('`product env --generate --json`'))
    const removed = await printedIn(workspace, '--remove my_first_app')
    expect(own(removed)).toEqual(documented('`product env --remove --json`'))
  })

  test('has the fields of init, new, add and remove', async () => {
    const run = async (line: string, where = makeWorkspace({ 'features/redis/.env.example': 'A=1\n' })) =>
      JSON.parse((await product(`${line} --json`, where)).stdout) as Fields
    const workspace = demoWorkspace()
    expect(own(await run('init'))).toEqual(documented('`product init --json`'))
    expect(own(await run('new shop'))).toEqual(['product', ...documented('`product init --json`')])
    for (const command of ['add', 'remove'])
      expect(own(await run(`${command} my_second_app mail`, workspace))).toEqual(
        documented('`product add --json`'),
      )
  })

  test('has the fields of a problem', async () => {
    const workspace = demoWorkspace()
    workspace.write({ 'products/my_first_app/product.yaml': 'feature: [redis]\n' })
    const { problems } = await printedIn(workspace, '--merge my_first_app')
    expect(Object.keys(problems[0] ?? {}).sort()).toEqual(documented('A problem').sort())
  })

  test('has the fields of a merge', async () => {
    const { products } = await printed('--merge my_first_app')
    expect(Object.keys(products[0] ?? {})).toEqual(documented('`product env --merge --json`'))
  })

  test('has the fields of an entry of a merge', async () => {
    const { products } = await printed('--merge my_first_app')
    const entries = products[0]?.['entries'] as Fields[]
    expect(Object.keys(entries[0] ?? {})).toEqual(documented('An entry'))
  })

  test('has the fields of a generated product env', async () => {
    const { products } = await printed('--generate my_first_app')
    expect(Object.keys(products[0] ?? {})).toEqual(documented('`product env --generate --json`'))
  })

  test('has the fields of a shown product env', async () => {
    const workspace = demoWorkspace()
    await printedIn(workspace, '--merge my_first_app')
    const { products } = await printedIn(workspace, 'my_first_app')
    const variables = products[0]?.['variables'] as Fields[]
    const both = [...Object.keys(products[0] ?? {}), ...Object.keys(variables[0] ?? {})]
    expect(both).toEqual(documented('`product env --json`'))
  })

  test('is right that an error prints a document too', async () => {
    expect(await printed('--merge my_frist_app')).toMatchObject({ version: 1, ok: false, products: [] })
    const lines = [
      'ports my_frist_app --json',
      'check my_frist_app --format json',
      'port my_frist_app P --json',
    ]
    for (const line of lines)
      expect(await resultOf(line), line).toMatchObject({ version: 1, ok: false, problems: [{}] })
  })
})

/** Returns the fields that are not in every document. */
function own(document: Fields): string[] {
  return Object.keys(document).filter((field) => !documented('Every document').includes(field))
}

/** Returns the fields that the row of a list of objects names. */
function namedIn(heading: string, list: string): string[] {
  const row =
    new RegExp(`^\\| \`${list}\` \\| list of objects \\| (.*) \\|$`, 'm').exec(sectionOf(heading))?.[1] ?? ''
  return [...row.replace(/^with `--\w+`: /, '').matchAll(/`([a-z]+)`/g)].map(([, field]) => field as string)
}

/** Returns the fields in the tables under a heading. */
function documented(heading: string): string[] {
  return [...sectionOf(heading).matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field as string)
}

function sectionOf(heading: string): string {
  const page = readPage('docs/json.md')
  return page.slice(page.indexOf(`# ${heading}\n`)).split(/\n#+ /)[0] as string
}

interface Printed extends Fields {
  readonly products: readonly Fields[]
  readonly problems: readonly Fields[]
}

function printed(options: string): Promise<Printed> {
  return printedIn(demoWorkspace(), options)
}

async function resultOf(line: string, workspace = demoWorkspace()): Promise<Fields> {
  const { stdout } = await product(line, workspace)
  return JSON.parse(stdout) as Fields
}

async function printedIn(workspace: TestWorkspace, options: string): Promise<Printed> {
  const { stdout } = await product(`env ${options} --json`, workspace)
  return JSON.parse(stdout) as Printed
}
