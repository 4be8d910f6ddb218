/**
 * Whether a text has a name in it that stands for itself: no part of a longer name, of a path (`features/redis/`) or of a
 * domain.
 */
export function hasWord(text: string, word: string): boolean {
  if (word === '') return false
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
    const before = text.slice(Math.max(0, at - 2), at)
    const after = text.slice(at + word.length, at + word.length + 1)
    if (!/[\w.-]$|(?:^|[^/])\/$/.test(before) && !/[\w-]/.test(after)) return true
  }
  return false
}
