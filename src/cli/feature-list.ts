/** `feature list`: each feature, what it states, and who uses it. */

import type { Command } from 'commander'
import { formatPort } from '../ports/value.js'
import { hasErrors, type Problem } from '../problem.js'
import { printable } from '../report/escape.js'
import type { Style } from '../report/style.js'
import { type Feature, featuresOf } from '../tasks/features.js'
import { loadProduct } from '../workspace/product.js'
import type { ExitCode, Host } from './host.js'
import { type Format, featureWorkspaceOf, printJson, reportProblems, styleOf } from './program.js'
import { stop } from './stop.js'

export async function listFeatures(
  host: Host,
  command: Command,
  options: { readonly format: Format },
): Promise<ExitCode> {
  const workspace = await featureWorkspaceOf(host, command)
  if ('code' in workspace) return stop(host, options.format, { features: [] }, [workspace])
  const problems: Problem[] = [...workspace.problems]
  const products = []
  for (const name of workspace.products) products.push(await loadProduct(workspace, name))
  problems.push(...products.flatMap((product) => product.problems))
  const features = featuresOf(workspace, products, problems)
  if (options.format === 'json')
    printJson(host, { ok: !hasErrors(problems), features: features.map(json), problems })
  else if (features.length === 0) host.stdout('the workspace has no feature yet: feature new redis\n')
  else {
    const style = styleOf(host, 'stdout')
    host.stdout(`${features.map((feature) => lines(feature, style).join('\n')).join('\n\n')}\n`)
  }
  return reportProblems(host, problems)
}

/** For people: a block, empty rows left out. */
function lines({ name, variables, services, products }: Feature, style: Style): string[] {
  const ports = variables.flatMap(({ key, base }) => (base === null ? [] : [`${key} ${formatPort(base)}`]))
  const others = variables.filter(({ base }) => base === null).map(({ key }) => key)
  const images = services.map(({ name: service, image }) =>
    image === undefined ? service : `${service} (${image.text})`,
  )
  const rows: [string, readonly string[]][] = [
    ['ports', ports],
    ['variables', others],
    ['services', images],
    ['products', products.length === 0 ? ['none'] : products],
  ]
  const filled = rows.filter(([, values]) => values.length > 0)
  return [
    style.bold(printable(name)),
    ...filled.map(([title, values]) => `  ${style.dim(title.padEnd(9))}  ${printable(values.join(', '))}`),
  ]
}

/** As JSON (docs/json.md). */
function json({ name, template, composeFile, variables, services, products }: Feature) {
  return {
    feature: name,
    template,
    composeFile,
    variables: variables.map(({ key, line, base }) => ({
      key,
      line,
      base: base === null ? null : formatPort(base),
    })),
    services: services.map(({ name: service, image }) => ({
      service,
      image: image?.text ?? null,
    })),
    products,
  }
}
