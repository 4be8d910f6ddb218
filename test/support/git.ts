import { execFileSync } from 'node:child_process'

/** Runs git in a folder, with an identity and settings that do not depend on the machine. */
export function git(folder: string, ...args: string[]): void {
  const settings = [
    'user.name=a',
    'user.email=a@example.org',
    'init.defaultBranch=main',
    'protocol.file.allow=always',
  ]
  execFileSync('git', [...settings.flatMap((each) => ['-c', each]), ...args], {
    cwd: folder,
    stdio: 'ignore',
  })
}

/** Runs git in a folder. @returns what it prints */
export function gitOutput(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8' })
}

/** Makes a repository of a folder, with all of its files committed. */
export function commitAll(folder: string): void {
  git(folder, 'init')
  git(folder, 'add', '.')
  git(folder, 'commit', '-m', 'x')
}
