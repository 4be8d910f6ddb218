/** One seed for all random cases, so that a run fails for a change and not by chance. `SEED=$RANDOM npx vitest run` explores others. */
import fc from 'fast-check'

export const SEED = Number(process.env['SEED'] ?? 20_261_121)

fc.configureGlobal({ seed: SEED })
