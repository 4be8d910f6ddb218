export { refusalProblem } from '../env/refusal.js'

/** What to do where the proof fails for no reason that a user could give. */
export const OUR_FAULT =
  'Nothing was written. This is a fault of product-env: please report it with the template.'
