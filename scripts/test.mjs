/**
 * `npm test`: runs the tests of the tool and those with a Docker engine beside each other, since the latter mostly wait for
 * containers. Arguments go to both: `node scripts/test.mjs --bail 1`.
 */
import { spawn } from 'node:child_process'

const PROJECTS = ['engine', 'tool']

const codes = await Promise.all(
  PROJECTS.map(
    (project) =>
      new Promise((resolve) => {
        const args = ['vitest', 'run', '--project', project, ...process.argv.slice(2)]
        spawn('npx', args, { stdio: ['ignore', 'inherit', 'inherit'] }).on('close', resolve)
      }),
  ),
)
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
