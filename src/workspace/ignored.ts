/** Reads which files git ignores, without git (gitignore(5)). */
import { dirname, join, relative, sep } from 'node:path'
import { decode } from '../env/bytes.js'
import { readText } from './files.js'
import { readCheckout } from './git.js'

/**
 * Returns true if git ignores a file, or if the file is in no checkout. The user's own excludes file does not count:
 * others do not have it.
 * @param path absolute
 */
export async function isIgnored(path: string): Promise<boolean> {
  const checkout = readCheckout(dirname(path))
  if (checkout === null) return true
  const { default: ignore } = await import('ignore')
  const { top, gitDir } = checkout
  const rules = (...file: string[]) => ignore().add(decode(readText(join(...file), '').text ?? ''))
  const names = relative(top, path).split(sep)
  const excluded = rules(gitDir, 'info', 'exclude')
  const ofFolders = names.map((_, depth) => rules(top, ...names.slice(0, depth), '.gitignore'))
  // A file in an ignored folder is ignored, whatever the rules below say.
  return names.some((_, depth) => {
    const end = depth === names.length - 1 ? '' : '/'
    const pathFrom = (folder: number) => `${names.slice(folder, depth + 1).join('/')}${end}`
    // The nearest rules win.
    const found = ofFolders.slice(0, depth + 1).map((each, folder) => each.test(pathFrom(folder)))
    const decided = [...found.reverse(), excluded.test(pathFrom(0))].find(
      ({ ignored, unignored }) => ignored || unignored,
    )
    return decided?.ignored ?? false
  })
}
