/**
 * product-env as a library: the tasks of the commands, and the steps that they consist of, as functions over data.
 *
 * @example
 * const workspace = await openWorkspace('/path/to/workspace')
 * const { source, problems } = await loadProduct(workspace, 'my_first_app')
 * const plan = planMerge(source)
 * // plan.entries has the outcome of each variable, plan.after the new text of the product env
 *
 * const { products, problems } = await mergeProducts(workspace, ['my_first_app'])
 * const { check } = await checkWorkspace(workspace, { machine: thisMachine(process.env) })
 */

export type { ClaimOutcome, PortClaim } from './claims/claim.js'
export type { Collision } from './claims/collisions.js'
export { findCollisions } from './claims/collisions.js'
export type { EphemeralRange, Hazard, HazardKind } from './claims/hazards.js'
export { findHazards } from './claims/hazards.js'
export { decode, encode, fromBuffer, toBuffer } from './env/bytes.js'
export type { Comment, EnvDocument, Quote, Refusal, Statement } from './env/document.js'
export { parseEnv } from './env/document.js'
export type { EnvReading, EnvRefusal } from './env/read.js'
export { readEnv } from './env/read.js'
export { writeValue } from './env/write-value.js'
export type { Machine } from './live/machine.js'
export { thisMachine } from './live/machine.js'
export { planMerge } from './merge/merge.js'
export type { MergeOptions } from './merge/ownership.js'
export type { Entry, Outcome, ProductPlan, SectionChange, Shift } from './merge/plan.js'
export { changesFile } from './merge/plan.js'
export type { FeatureSource, ProductSource, TemplateSource, TextSource } from './merge/source.js'
export type { Offset } from './ports/offset.js'
export { crc32Offset, DEFAULT_MODULUS } from './ports/offset.js'
export type { Scheme, SchemeInput, SchemeName } from './ports/schemes.js'
export { SCHEMES } from './ports/schemes.js'
export { isPortVariable } from './ports/variable.js'
export type { Place, Problem, ProblemCode, Severity } from './problem.js'
export { hasErrors, PROBLEMS } from './problem.js'
export type { Save } from './save/save.js'
export { save } from './save/save.js'
export type { Check, CheckTask } from './tasks/check.js'
export { checkWorkspace } from './tasks/check.js'
export type { Feature, FeatureList } from './tasks/features.js'
export { listFeatures } from './tasks/features.js'
export type { Fix, FixTask } from './tasks/fix-collisions.js'
export { fixCollisions } from './tasks/fix-collisions.js'
export type { GeneratedEnv } from './tasks/generate.js'
export { generateEnvs } from './tasks/generate.js'
export type { Lint, LintChange, LintTask } from './tasks/lint.js'
export { lintFeatures } from './tasks/lint.js'
export type { Held, Live } from './tasks/live.js'
export type { Merge, MergedProduct, MergeTask } from './tasks/merge.js'
export { mergeProducts } from './tasks/merge.js'
export type { NewFeature, NewFeatureTask } from './tasks/new-feature.js'
export { newFeature } from './tasks/new-feature.js'
export type { ListPortsTask, NamedPort, PortList, PortOwners } from './tasks/ports.js'
export { explainPort, listPorts, portOf, whoisPort } from './tasks/ports.js'
export { removeInstances } from './tasks/remove.js'
export type { Survey, SurveyedOwner } from './tasks/survey.js'
export { surveyProducts } from './tasks/survey.js'
export type { ProductView } from './tasks/view.js'
export { viewProducts } from './tasks/view.js'
export { findWorkspace } from './workspace/find.js'
export type { Environment, Layout } from './workspace/layout.js'
export type { LoadedProduct } from './workspace/product.js'
export { loadProduct } from './workspace/product.js'
export type { OwnPort, ProductSettings } from './workspace/settings.js'
export type { Workspace } from './workspace/workspace.js'
export { openWorkspace } from './workspace/workspace.js'
