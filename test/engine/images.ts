/**
 * Images for the demo workspace without an image registry: each is imported from a tarball made of programs of
 * this machine, under the very name that the demo's Compose files use, so that those come up unmodified.
 */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../support/compose.js'
import { type Engine, mustRun } from './engine.js'

/** Marks an image as ours: one that a killed run left behind is made anew and removed, never taken for real. */
const LABEL = 'product-env.test'

interface Recipe {
  readonly image: string
  readonly programs: 'busybox' | 'redis'
  /** Dockerfile instructions for `docker import --change`. */
  readonly changes: readonly string[]
}

/** Serves the container's environment as a web page: a test sees who answers, and what Compose handed in. */
const page = (port: number) =>
  `CMD ["sh", "-c", "mkdir -p /www && env > /www/index.html && exec httpd -f -h /www -p ${port}"]`

const RECIPES: readonly Recipe[] = [
  { image: 'nginx:1.27-alpine', programs: 'busybox', changes: [page(80)] },
  { image: 'phpmyadmin:5', programs: 'busybox', changes: [page(80)] },
  {
    image: 'mailhog/mailhog:v1.0.1',
    programs: 'busybox',
    // Greets on the SMTP port as well: Docker's own proxy accepts a connection even if nobody listens behind it.
    changes: [
      page(8025).replace('exec', "(nc -ll -p 1025 -e printf '220 %s ESMTP\\\\r\\\\n' $HOSTNAME &) && exec"),
    ],
  },
  { image: 'busybox:1.36', programs: 'busybox', changes: ['CMD ["sh"]'] },
  {
    image: 'redis:7-alpine',
    programs: 'redis',
    changes: ['ENTRYPOINT ["/entrypoint.sh"]', 'CMD ["redis-server"]', 'WORKDIR /data', 'VOLUME /data'],
  },
]

/** Why the images cannot be made on this machine, or null. */
export function imagesMissing(): string | null {
  const missing = ['busybox', 'redis-server', 'redis-cli', 'tar'].filter((program) => which(program) === null)
  if (missing.length > 0) return `no ${missing.join(', ')} found (on Debian: scripts/install-docker.sh)`
  return null
}

export interface Images {
  /** Names of the images that the test made; one that was there before is used as it is, and stays. */
  readonly made: ReadonlySet<string>
  remove(): void
}

export function makeImages(engine: Engine): Images {
  removeOurs(engine)
  const dir = mkdtempSync(join(tmpdir(), 'product-env-images-'))
  const made = new Set<string>()
  try {
    const tarballs = {
      busybox: tarball(dir, 'busybox', busyboxRoot),
      redis: tarball(dir, 'redis', redisRoot),
    }
    for (const { image, programs, changes } of RECIPES) {
      if (exists(engine, image)) continue
      const options = [...changes, 'ENV PATH=/bin', `LABEL ${LABEL}=1`].flatMap((change) => [
        '--change',
        change,
      ])
      engine.docker('import', ...options, tarballs[programs], image)
      made.add(image)
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
  return { made, remove: () => removeOurs(engine) }
}

/** By the label and not by the name: an image whose name was taken from it since is still ours to remove. */
function removeOurs(engine: Engine): void {
  const ids = engine.docker('image', 'ls', '--quiet', '--filter', `label=${LABEL}`)
  if (ids !== '') engine.docker('image', 'rm', '--force', ...new Set(ids.split('\n')))
}

function exists(engine: Engine, image: string): boolean {
  return run(['docker', 'image', 'inspect', image], { env: engine.env }).code === 0
}

function tarball(dir: string, name: string, fill: (root: string) => void): string {
  const root = join(dir, name)
  mkdirSync(join(root, 'bin'), { recursive: true })
  mkdirSync(join(root, 'tmp'))
  fill(root)
  mustRun(['tar', '-C', root, '--owner=0', '--group=0', '-cf', `${root}.tar`, '.'])
  return `${root}.tar`
}

function busyboxRoot(root: string): void {
  install(root, 'busybox')
  for (const applet of mustRun(['busybox', '--list']).stdout.split('\n')) {
    if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet))
  }
}

function redisRoot(root: string): void {
  busyboxRoot(root)
  install(root, 'redis-server')
  install(root, 'redis-cli')
  // The official image is built to answer other hosts without a password; Debian's program has to be told.
  writeFileSync(join(root, 'entrypoint.sh'), '#!/bin/sh\nexec "$@" --protected-mode no\n')
  chmodSync(join(root, 'entrypoint.sh'), 0o755)
}

/** Copies a program, and the shared libraries and loader that `ldd` lists for it (for a static one: none). */
function install(root: string, program: string): void {
  const path = which(program)!
  copyFileSync(path, join(root, 'bin', program))
  for (const [library] of run(['ldd', path]).stdout.matchAll(/\/\S+(?= \(0x)/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true })
    copyFileSync(library, join(root, library))
  }
}

function which(program: string): string | null {
  const { code, stdout } = run(['sh', '-c', 'command -v "$0"', program])
  return code === 0 ? stdout.trim() : null
}
