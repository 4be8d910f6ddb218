/** docs/lint.md: its rules are written from the registry, and what it shows is what is printed. */
import { expect, test } from 'vitest'
import { GROUPS, RULES } from '../../src/lint/registry.js'
import type { Example, Rule, RuleGroup } from '../../src/lint/rule.js'
import { lintLines } from '../../src/report/lint.js'
import { styles } from '../../src/report/style.js'
import { pagePath, readPage } from '../docs/pages.js'
import { lint } from './support.js'

const MARK = '<!-- rules: from here on written by test/lint/docs.test.ts (npx vitest run test/lint -u) -->'

test('docs/lint.md has every rule, as the registry has it', async () => {
  const head = readPage('docs/lint.md').split(MARK)[0] as string
  await expect(`${head}${MARK}\n${summary()}${sections()}`).toMatchFileSnapshot(pagePath('docs/lint.md'))
})

const rules: readonly Rule[] = RULES

function summary(): string {
  const rows = rules.map(({ code, severity, meaning, fix }) => {
    return `| [\`${code}\`](#${code}) | ${severity} | ${meaning} | ${fix === undefined ? '' : 'yes'} |`
  })
  return `\n| rule | severity | what is wrong | \`--fix\` |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function sections(): string {
  return Object.entries(GROUPS)
    .map(([group, title]) => {
      const own = rules.filter((rule) => rule.group === (group as RuleGroup))
      return `\n## ${title}\n${own.map(section).join('')}`
    })
    .join('')
}

function section(rule: Rule): string {
  const { code, severity, meaning, reason, fix, bad, good } = rule
  const findings = lint(bad)
  const printed = lintLines({ features: 1, unread: [], findings, changes: [] }, false, styles(false)).slice(
    0,
    2 * findings.length,
  )
  const fixed = fix === undefined ? '' : `\n\`--fix\` ${fix}.\n`
  return (
    `\n### \`${code}\`\n\n**${severity}**: ${meaning}\n\n${reason}\n` +
    `\nBad, ${blocks(bad)}\n\`\`\`text\n${printed.join('\n')}\n\`\`\`\n\nGood, ${blocks(good)}${fixed}`
  )
}

function blocks(example: Example): string {
  return Object.entries(example)
    .map(([file, text]) => {
      const language = file.endsWith('.yaml') ? 'yaml' : 'dotenv'
      return `\`${file}\`:\n\n\`\`\`${language}\n${text}\`\`\`\n`
    })
    .join('\n')
}
