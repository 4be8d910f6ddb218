import CRC32 from 'crc-32'
import type { Place } from '../problem.js'

/** Offsets are below this unless `workspace.yaml` raises it. SPLENT's number: any other moves every port of every product. */
export const DEFAULT_MODULUS = 1000

/** How far a product's host ports lie from the base ports, and why. */
export interface Offset {
  /** In ports. */
  readonly value: number
  /** `crc32`: computed from the name. `product.yaml`: set there. `original`: the ports of a project stay. */
  readonly from: 'crc32' | 'product.yaml' | 'original'
  /** Where it is set, if it is. */
  readonly place?: Place | undefined
}

/** CRC-32 (ISO-HDLC, as in zlib and PNG) of a name's UTF-8, as an unsigned number. */
export function crc32(name: string): number {
  return CRC32.str(name) >>> 0
}

/**
 * The offset that SPLENT gives a name: `crc32(name) % 1000`.
 * @param name the product's name
 * @param modulus how many offsets there are
 */
export function crc32Offset(name: string, modulus: number = DEFAULT_MODULUS): number {
  return crc32(name) % modulus
}
