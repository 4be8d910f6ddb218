/** Makes a Compose project in a git repository with a linked worktree. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a project of services that each have two ports, one of them by a variable, a container name, a volume and a URL.
 * @returns the folder of the worktree, and `fresh()`, which removes what a merge has written there
 */
export function makeCopy(root, services) {
  const [main, copy] = [join(root, 'shop'), join(root, 'blue')]
  mkdirSync(main, { recursive: true })
  const numbers = Array.from({ length: services }, (_, index) => index)
  writeFileSync(join(main, 'compose.yaml'), `services:\n${numbers.map(service).join('')}`)
  writeFileSync(join(main, '.gitignore'), '.env\n')
  writeFileSync(join(main, '.env'), numbers.map((index) => `PORT_${index}=${20_000 + index}\n`).join(''))
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: main,
      stdio: 'ignore',
    })
  git('init')
  git('add', '.')
  git('commit', '-m', 'x')
  git('worktree', 'add', '../blue')
  const fresh = () => {
    for (const file of ['.env', 'compose.override.yaml']) rmSync(join(copy, file), { force: true })
  }
  return { copy, fresh }
}

function service(index) {
  return `  s${index}:
    image: shop/s${index}
    build: ./s${index}
    container_name: shop_s${index}
    ports: ["\${PORT_${index}}:80", "${30_000 + index}:81"]
    environment:
      URL: "http://localhost:${30_000 + index}"
      NAME: s${index}
    volumes: ["/srv/shop/s${index}:/data", "./s${index}:/app"]
`
}
