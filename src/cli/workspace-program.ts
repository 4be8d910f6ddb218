/** Adds the commands that set up a workspace and its products. */
import type { Add } from './program.js'

const DRY_RUN = ['-n, --dry-run', 'show what would be written, and write nothing'] as const
const QUIET = ['-q, --quiet', 'print only problems'] as const

export function addWorkspaceCommands(add: Add): void {
  const load = () => import('./workspace-commands.js')
  add({
    name: 'init',
    description: 'make the current folder a workspace; nothing in it is overwritten',
    examples: ['product init', 'product init --dry-run'],
    page: 'getting-started.md',
    load: async () => (await load()).init,
  })
    .option(...DRY_RUN)
    .option(...QUIET)
  add({
    name: 'new',
    description: 'create a product: a folder with a product.yaml, a Compose file and a .env.example',
    examples: ['product new shop', 'product new shop --features redis,mailhog'],
    page: 'getting-started.md',
    load: async () => (await load()).productNew,
  })
    .argument('<name>')
    .option('--features <features>', 'its features, separated by commas', (names: string) =>
      names.split(',').flatMap((name) => name.trim() || []),
    )
    .option(...DRY_RUN)
    .option(...QUIET)
  add({
    name: 'add',
    description: 'give features to a product: in its product.yaml, and in the include: of its Compose file',
    examples: ['product add shop redis', 'product add shop redis mailhog --dry-run'],
    page: 'feature-authors.md',
    load: async () => (await load()).add,
  })
    .argument('<product>')
    .argument('<feature...>')
    .option(...DRY_RUN)
    .option(...QUIET)
  add({
    name: 'remove',
    description: 'take features from a product; its .env keeps their variables until a merge with --prune',
    examples: ['product remove shop redis', 'product remove shop redis --dry-run'],
    page: 'feature-authors.md',
    load: async () => (await load()).remove,
  })
    .argument('<product>')
    .argument('<feature...>')
    .option(...DRY_RUN)
    .option(...QUIET)
}
