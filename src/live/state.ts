/** What is asked about the ports of this host, and what the answer may be. */
import { MAX_PORT } from '../ports/value.js'
import type { Container } from './container.js'

/** A product, or one of its instances, as Docker Compose knows it. */
export interface Stack {
  readonly product: string
  readonly instance: string | null
  /** Compose's project name. */
  readonly project: string
  /** Compose's project directory, absolute. */
  readonly directory: string
}

/** A port, or range, that somebody wants on the host. A claim with its stack is one. */
export interface WantedPorts {
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string
  /** Without brackets; '' is all addresses. */
  readonly address: string
  /** First and last, both included; 0 is no port yet. */
  readonly from: number
  readonly to: number
  /** Null for a port that no product owns (`product whois`). */
  readonly stack: Stack | null
}

/** Whether there are such ports at all. */
export function isPortRange({ from, to }: WantedPorts): boolean {
  return from >= 1 && to <= MAX_PORT && from <= to
}

/**
 * - `free`: nobody has it, by the word of a bind, of the list of sockets, or of the engine alone
 * - `own`: a container of this very stack has it, which is no problem
 * - `other-product`: a container of another stack that was given
 * - `container`: any other container; also one of an equal project name from another folder, such as a second checkout
 * - `process`: a process of this machine
 * - `held`: somebody who is not known
 * - `unknown`: it could not be found out
 */
export type PortState =
  | { readonly kind: 'free'; readonly by: 'bind' | 'sockets' | 'engine' }
  | { readonly kind: 'own'; readonly container: Container }
  | { readonly kind: 'other-product'; readonly stack: Stack; readonly container: Container }
  | { readonly kind: 'container'; readonly container: Container }
  | { readonly kind: 'process'; readonly pid: number; readonly name: string }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
