/** The JSON Schemas of `product.yaml`, `feature.yaml` and `workspace.yaml`, for the checks and for editors. Unknown keys are refused. */
import { DOMAIN_PATTERN } from '../claims/host-names.js'
import { MARK_PATTERN, type WebMarks } from '../claims/web.js'
import { SCHEME_NAMES, SCHEMES, type SchemeName } from '../ports/schemes.js'
import { NAME_PATTERN } from './layout.js'
import { NAMES_ARE } from './names.js'
import type { Schema } from './schema.js'

const NAME = { pattern: NAME_PATTERN, patternErrorMessage: NAMES_ARE }

const VARIABLE = {
  pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
  patternErrorMessage: 'Variables consist of letters, digits and "_", and do not start with a digit.',
}

const offset: Schema = {
  type: 'integer',
  minimum: 0,
  maximum: 65535,
  description: 'Added to each base port, instead of crc32(name) % 1000.',
}

const isolate: Schema = {
  type: 'boolean',
  description:
    'Gives the product names, networks, volumes and fixed ports of its own by a generated override.',
  examples: [true],
}

const names: Schema = { type: 'array', items: { type: 'string', ...NAME } }

const portVariables: Schema = {
  type: 'array',
  items: {
    type: 'string',
    pattern: '^\\**[A-Za-z_][A-Za-z0-9_*]*$',
    patternErrorMessage: 'Write the name of a variable; "*" stands for any characters.',
  },
  description:
    'Port variables beside *_HOST_PORT, *_PORT_ONE and *_PORT_TWO. The word "published" stands for each variable that is used only as the host part of a published port.',
  examples: [['APP_PORT', 'FORWARD_*_PORT']],
}

const http: Schema = {
  type: 'object',
  description:
    'Ports that a browser opens, by variable or service: the path, such as "/", "/admin" or "https:/", or "none" for a port that is not HTTP.',
  examples: [{ WEB_HOST_PORT: '/' }],
  propertyNames: {
    pattern: '^[A-Za-z_][A-Za-z0-9._-]*$',
    patternErrorMessage: 'Write the name of a variable or service.',
  },
  additionalProperties: {
    type: 'string',
    pattern: MARK_PATTERN,
    patternErrorMessage: 'Write a path ("/admin"), "https:" and a path, or "none".',
  },
}

/** `product.yaml` */
export interface ProductSettings {
  readonly features?: readonly string[]
  readonly allow?: readonly string[]
  readonly offset?: number
  readonly isolate?: boolean
  readonly ports?: Readonly<Record<string, OwnPort>>
  readonly http?: WebMarks
  readonly portVariables?: readonly string[]
  readonly instances?: Readonly<Record<string, { readonly offset?: number }>>
}

/** A port of the product's own, from a scheme. */
export interface OwnPort {
  readonly scheme: SchemeName
  readonly base?: number
}

export const PRODUCT_SCHEMA: Schema = {
  title: 'product.yaml of product-env',
  type: 'object',
  additionalProperties: false,
  properties: {
    features: {
      ...names,
      description: 'The features of the product, in order: the first feature to define a variable wins.',
      examples: [['redis', 'mailhog']],
    },
    allow: {
      type: 'array',
      items: { type: 'string', ...VARIABLE },
      description: 'Reserved variables (COMPOSE_*, DOCKER_HOST, PATH, …) that features may set anyway.',
      examples: [['COMPOSE_PROFILES']],
    },
    offset: { ...offset, examples: [250] },
    isolate,
    ports: {
      type: 'object',
      description: "The product's own ports, by variable: each is added if the product env does not set it.",
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
            description: "Computes the port from the product's name.",
          },
          base: {
            type: 'integer',
            minimum: 1,
            maximum: 65535,
            description: 'The base port for crc32.',
          },
        },
        if: { properties: { scheme: { enum: SCHEME_NAMES.filter((name) => SCHEMES[name].usesBase) } } },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word.
        then: { required: ['base'] },
        else: { properties: { base: false } },
      },
    },
    http: { ...http, description: `${http.description} The first one is the front door.` },
    portVariables,
    instances: {
      type: 'object',
      description: 'Settings of instances, by name.',
      examples: [{ blue: { offset: 250 } }],
      propertyNames: NAME,
      additionalProperties: { type: 'object', additionalProperties: false, properties: { offset } },
    },
  },
}

/** `feature.yaml` */
export interface FeatureSettings {
  readonly http?: WebMarks
  readonly portVariables?: readonly string[]
}

export const FEATURE_SCHEMA: Schema = {
  title: 'feature.yaml of product-env',
  type: 'object',
  additionalProperties: false,
  properties: { http, portVariables },
}

/** `workspace.yaml` */
export interface WorkspaceSettings {
  readonly modulus?: number
  readonly domain?: string
  readonly isolate?: boolean
  readonly features?: readonly string[]
  readonly products?: readonly string[]
  readonly templates?: readonly string[]
  readonly composeFiles?: readonly string[]
  readonly portVariables?: readonly string[]
}

/** No path of these leads out of the workspace. */
const SEGMENT = '\\.?[^./*][^/*]*'
const FOLDERS: Schema = {
  type: 'array',
  items: {
    type: 'string',
    pattern: `^(?:\\*|${SEGMENT})(?:/(?:\\*|${SEGMENT}))*$`,
    patternErrorMessage: 'Write a path relative to the workspace; "*" stands for any one folder.',
  },
}
const FILES: Schema = {
  type: 'array',
  items: {
    type: 'string',
    pattern: `^${SEGMENT}(?:/${SEGMENT})*$`,
    patternErrorMessage: 'Write a file name, or a path relative to the folder of the feature or product.',
  },
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
        'The number of offsets; default: 1000. Another number moves the ports of nearly every product.',
      examples: [2000],
    },
    domain: {
      type: 'string',
      pattern: DOMAIN_PATTERN,
      patternErrorMessage: 'Write a domain that leads to this machine, such as localhost.',
      description:
        'Puts the name of the product into URLs: http://shop.localhost:8586 instead of http://localhost:8586.',
      examples: ['localhost'],
    },
    isolate,
    features: {
      ...FOLDERS,
      description: 'The folders of the features; default: features/*. The last "*" is the name.',
      examples: [['features/*', 'teams/*/features/*']],
    },
    products: {
      ...FOLDERS,
      description: 'The folders of the products; default: products/*. The last "*" is the name.',
      examples: [['apps/*/docker']],
    },
    templates: {
      ...FILES,
      description: 'Further names of templates, tried before .env.example.',
      examples: [['docker/.env.example']],
    },
    composeFiles: {
      ...FILES,
      description:
        "Further names of the features' Compose files, tried before compose.yaml and the other default names.",
      examples: [['docker/compose.yaml']],
    },
    portVariables,
  },
}
