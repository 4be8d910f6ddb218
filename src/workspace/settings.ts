/**
 * The definition of `product.yaml` and `workspace.yaml`: plain JSON Schema, from which the schema files that
 * editors use are written, and against which the files are checked. Anything that is not defined is refused:
 * a misspelt key would otherwise do nothing, in silence.
 */
import { SCHEME_NAMES, SCHEMES, type SchemeName } from '../ports/schemes.js'
import { NAME_PATTERN } from './layout.js'
import type { Schema } from './schema.js'

export const NAMES_ARE =
  'Names consist of letters, digits, ".", "_" and "-", and start with a letter or digit.'
const NAME = { pattern: NAME_PATTERN, patternErrorMessage: NAMES_ARE }

/** What a variable may be called that Compose, shells and applications can read. */
const VARIABLE = {
  pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
  patternErrorMessage: 'Variables consist of letters, digits and "_", and do not start with a digit.',
}

const offset: Schema = {
  type: 'integer',
  minimum: 0,
  maximum: 65535,
  description: 'How far the host ports lie from the base ports, instead of crc32(name) % 1000.',
}

const names: Schema = { type: 'array', items: { type: 'string', ...NAME } }

/** `product.yaml`, all of it optional. */
export interface ProductSettings {
  readonly features?: readonly string[]
  readonly allow?: readonly string[]
  readonly offset?: number
  readonly ports?: Readonly<Record<string, OwnPort>>
  readonly instances?: Readonly<Record<string, { readonly offset?: number }>>
}

/** A port that the product itself takes from a scheme. */
export interface OwnPort {
  readonly scheme: SchemeName
  /** For a scheme that adds to a base port. */
  readonly base?: number
}

export const PRODUCT_SCHEMA: Schema = {
  title: 'product.yaml of product-env',
  type: 'object',
  additionalProperties: false,
  properties: {
    features: {
      ...names,
      description:
        'The features of the product. The order counts: the first feature to state a variable wins.',
      examples: [['redis', 'mailhog']],
    },
    allow: {
      type: 'array',
      items: { type: 'string', ...VARIABLE },
      description:
        'Reserved variables (COMPOSE_*, DOCKER_HOST, PATH, …) that features may set all the same, by name.',
      examples: [['COMPOSE_PROFILES']],
    },
    offset: { ...offset, examples: [250] },
    ports: {
      type: 'object',
      description: "Ports of the product's own, by variable: each is set where the product env has none.",
      examples: [{ WEB_HOST_PORT: { scheme: 'crc32', base: 8080 } }],
      propertyNames: VARIABLE,
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['scheme'],
        properties: {
          scheme: {
            type: 'string',
            enum: SCHEME_NAMES,
            description: "How the product's name becomes the port.",
          },
          base: {
            type: 'integer',
            minimum: 1,
            maximum: 65535,
            description: 'The base port, for the scheme crc32.',
          },
        },
        if: { properties: { scheme: { enum: SCHEME_NAMES.filter((name) => SCHEMES[name].usesBase) } } },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word.
        then: { required: ['base'] },
        else: { properties: { base: false } },
      },
    },
    instances: {
      type: 'object',
      description: 'Further copies of the product on one host, by name.',
      examples: [{ blue: { offset: 250 } }],
      propertyNames: NAME,
      additionalProperties: { type: 'object', additionalProperties: false, properties: { offset } },
    },
  },
}

/** `workspace.yaml`, all of it optional. */
export interface WorkspaceSettings {
  readonly modulus?: number
}

export const WORKSPACE_SCHEMA: Schema = {
  title: 'workspace.yaml of product-env',
  type: 'object',
  additionalProperties: false,
  properties: {
    modulus: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      description:
        'How many offsets there are; 1000 if not set. Raising it moves the ports of nearly every product.',
      examples: [2000],
    },
  },
}
