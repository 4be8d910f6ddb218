import CRC32 from 'crc-32'
import type { Place } from '../problem.js'

/** The number of offsets unless `workspace.yaml` sets it. It is SPLENT's: any other moves every port. */
export const DEFAULT_MODULUS = 1000

/** The variable of an env file that sets the offset on one machine. It comes before product.yaml. */
export const LOCAL_OFFSET = 'PRODUCT_OFFSET'

/** Returns true for the digits of an offset: 0 to 65535. */
export function isOffset(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65535
}

/** The distance of a product's host ports from the base ports. */
export interface Offset {
  /** In ports. */
  readonly value: number
  /** `original`: a project keeps its ports. */
  readonly from: 'crc32' | 'product.yaml' | typeof LOCAL_OFFSET | 'original'
  /** Where it is set. */
  readonly place?: Place | undefined
}

/** CRC-32 (ISO-HDLC, as in zlib and PNG) of a name's UTF-8, as an unsigned number. */
export function crc32(name: string): number {
  return CRC32.str(name) >>> 0
}

/** SPLENT's offset of a name. @param modulus the number of offsets */
export function crc32Offset(name: string, modulus: number = DEFAULT_MODULUS): number {
  return crc32(name) % modulus
}
