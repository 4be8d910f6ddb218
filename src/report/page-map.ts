/** The map of the port space on the page: all thousands as bars, and each strip with a claimed port as squares. */
import { claimPorts, type PortClaim } from '../claims/claim.js'
import { findCollisions } from '../claims/collisions.js'
import { groupBy } from '../claims/group.js'
import { MAX_PORT, rangeText } from '../ports/value.js'
import type { PageOwner } from '../tasks/page.js'
import { html, type Markup } from './html.js'
import { count } from './lines.js'

/** A product or instance, as the page refers to it. */
export interface PageEntry {
  readonly owner: PageOwner
  readonly name: string
  /** From 1; what its squares show. */
  readonly number: number
  /** The id of its part of the page. */
  readonly anchor: string
}

/** Ports with the same claims, in a row. */
interface Cell {
  readonly from: number
  to: number
  readonly claims: readonly PortClaim[]
  readonly collides: boolean
}

/** Ports that are drawn in one line: 20, or more if the same claims have all of them. */
interface Strip {
  readonly from: number
  to: number
  readonly cells: readonly Cell[]
}

const STRIP = 20
const BAND = 1000
/** The side of a square, in units of the drawing. */
const SIDE = 20

type EntryOf = (claim: PortClaim) => PageEntry

export function mapHtml(entries: readonly PageEntry[]): Markup {
  const byClaim = new Map(entries.flatMap((entry) => entry.owner.claims.map((claim) => [claim, entry])))
  const entryOf: EntryOf = (claim) => byClaim.get(claim) as PageEntry
  const bands = groupBy(stripsOf([...byClaim.keys()]), ({ from }) => Math.floor(from / BAND))
  if (bands.size === 0) return html`<p>No product claims a port.</p>`
  const drawn = [...bands].map(([band, strips]) => bandHtml(band, strips, entryOf))
  return html`<p>Claimed ports in each thousand, on a logarithmic scale:</p>
${overviewHtml(bands)}
<p>Each square is a port, and its number is that of the product or instance above. <span class="key x">✕</span> marks a collision, <span class="key">3+</span> a port that several share without one${
    entries.some(({ owner }) => owner.running !== null)
      ? html`, and <span class="key up">3</span> one whose containers run`
      : ''
  }. Strips without a claim are left out.</p>
${drawn}`
}

function stripsOf(claims: readonly PortClaim[]): Strip[] {
  const byStrip = new Map<number, PortClaim[]>()
  const drawable = claims.filter(({ outcome, from }) => outcome !== 'random' && from <= MAX_PORT)
  for (const claim of drawable.sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = Math.floor(Math.min(claim.to, MAX_PORT) / STRIP)
    for (let index = Math.floor(claim.from / STRIP); index <= last; index++) {
      const others = byStrip.get(index)
      if (others === undefined) byStrip.set(index, [claim])
      else others.push(claim)
    }
  }
  const strips: Strip[] = []
  for (const [index, near] of [...byStrip].sort(([a], [b]) => a - b)) {
    const from = index * STRIP
    const strip = { from, to: Math.min(from + STRIP - 1, MAX_PORT), cells: cellsOf(from, near) }
    const before = strips.at(-1)
    if (before !== undefined && continues(before, strip)) {
      before.to = strip.to
      for (const cell of before.cells) cell.to = strip.to
    } else strips.push(strip)
  }
  return strips
}

/** @param near the claims of the strip that begins with `start` */
function cellsOf(start: number, near: readonly PortClaim[]): Cell[] {
  const cells: Cell[] = []
  for (let port = start; port < start + STRIP && port <= MAX_PORT; port++) {
    const claims = near.filter(({ from, to }) => from <= port && port <= to)
    const before = cells.at(-1)
    if (before?.to === port - 1 && isSame(before.claims, claims)) before.to = port
    else if (claims.length > 0)
      cells.push({ from: port, to: port, claims, collides: findCollisions(claims).length > 0 })
  }
  return cells
}

/** Returns true if the same claims have both strips whole, so that a range of thousands is one line. */
function continues(before: Strip, { from, to, cells }: Strip): boolean {
  const [left, right] = [before.cells[0] as Cell, cells[0] as Cell]
  const isWhole = left.from === before.from && left.to === before.to && right.from === from && right.to === to
  return isWhole && from === before.to + 1 && from % BAND !== 0 && isSame(left.claims, right.claims)
}

function isSame(a: readonly PortClaim[], b: readonly PortClaim[]): boolean {
  return a.length === b.length && a.every((claim, index) => claim === b[index])
}

function sizeOf(strips: readonly Strip[], counts: (cell: Cell) => boolean = () => true): number {
  const cells = strips.flatMap((strip) => strip.cells).filter(counts)
  return cells.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}

/** One bar for each thousand of ports; logarithmic, as the fullest may have a hundred times as many as the others. */
function overviewHtml(bands: ReadonlyMap<number, readonly Strip[]>): Markup {
  const bars = [...bands].map(([band, strips]) => {
    const y = levelOf(sizeOf(strips))
    const x = band * 10 + 1
    const mark = sizeOf(strips, ({ collides }) => collides) > 0 ? crossHtml(x, y - 10, 8) : ''
    const title = `${bandText(band)}: ${fillText(strips)}`
    return html`<g><title>${title}</title><rect class="bar" x="${x}" y="${y}" width="8" height="${BASE - y}"/>${mark}</g>`
  })
  const levels = [10, 100, BAND].map((level) => {
    const y = levelOf(level)
    return html`<path class="line" d="M0 ${y}H660"/><text class="level" x="676" y="${y + 3}">${level}</text>`
  })
  const ticks = [0, 1, 2, 3, 4, 5, 6].map(
    (tick) => html`<text x="${tick * 100}" y="94">${tick * 10_000}</text>`,
  )
  return html`<svg class="space" viewBox="-4 0 700 100" role="img" aria-label="Claimed ports in each thousand">${levels}<path class="line" d="M0 ${BASE}H660"/>${bars}${ticks}</svg>`
}

const BASE = 80

/** The height of a bar in the drawing: 20 for ten ports, 40 for a hundred. */
function levelOf(ports: number): number {
  return Math.round(BASE - Math.max(4, Math.log10(ports) * 20))
}

function bandHtml(band: number, strips: readonly Strip[], entryOf: EntryOf): Markup {
  return html`<section class="band"><h3>${bandText(band)} <small>${fillText(strips)}</small></h3>
<div class="strips">${strips.map((strip) => stripHtml(strip, entryOf))}</div></section>
`
}

function bandText(band: number): string {
  return rangeText({ from: band * BAND, to: Math.min(band * BAND + BAND - 1, MAX_PORT) })
}

function fillText(strips: readonly Strip[]): string {
  const colliding = sizeOf(strips, ({ collides }) => collides)
  const text = `${count(sizeOf(strips), 'port')} of ${BAND} claimed`
  return colliding === 0 ? text : `${text}, ${colliding} of them more than once`
}

function stripHtml(strip: Strip, entryOf: EntryOf): Markup {
  const isWide = strip.to - strip.from >= STRIP
  const lines = isWide ? '' : html`<path class="line" d="${GRID}"/>`
  const cells = strip.cells.map((cell) => cellHtml(cell, strip, entryOf))
  const label = `Ports ${rangeText(strip)}`
  return html`<div class="strip"><span>${strip.from}</span><svg viewBox="0 0 ${STRIP * SIDE} ${SIDE}" role="group" aria-label="${label}">${lines}${cells}</svg></div>`
}

const GRID = Array.from({ length: STRIP - 1 }, (_, index) => `M${(index + 1) * SIDE} 0v${SIDE}`).join('')

function cellHtml({ from, to, claims, collides }: Cell, strip: Strip, entryOf: EntryOf): Markup {
  const scale = (STRIP * SIDE) / (strip.to - strip.from + 1)
  const x = (from - strip.from) * Math.min(scale, SIDE)
  const width = (to - from + 1) * Math.min(scale, SIDE)
  const owners = [...new Set(claims.map(entryOf))]
  const [first] = owners as [PageEntry]
  const text = owners.length === 1 ? `${first.number}` : `${first.number}+`
  const sign = collides
    ? crossHtml(x + width / 2 - 5, 5, 10)
    : html`<text x="${x + width / 2}" y="14">${text}</text>`
  const up = claims.some((claim) => isUp(entryOf(claim).owner, claim.service))
    ? html`<rect class="up" x="${x + 2}" y="16.5" width="${width - 4}" height="2"/>`
    : ''
  const title = `${rangeText({ from, to })}: ${claims.map((claim) => claimText(claim, entryOf)).join(collides ? ' collides with ' : ', ')}`
  const target = collides ? '_collisions' : first.anchor
  const colour = collides ? 'x' : hue(first.number)
  return html`<a href="#${target}" aria-label="${title}" data-of="${owners.map(({ anchor }) => anchor).join(' ')}"><title>${title}</title><rect class="${colour}" x="${x + 0.5}" y="0.5" width="${width - 1}" height="${SIDE - 1}" rx="2"/>${sign}${up}</a>`
}

function claimText(claim: PortClaim, entryOf: EntryOf): string {
  const { name, number } = entryOf(claim)
  const by = claim.variable ?? claim.service ?? ''
  const ports = claim.from === claim.to ? '' : ` ${claimPorts(claim)}`
  return `${number} ${name} ${by}${ports}${claim.protocol === 'tcp' ? '' : ` ${claim.protocol}`}`
}

function crossHtml(x: number, y: number, size: number): Markup {
  return html`<path class="cross" d="M${x} ${y}l${size} ${size}m0 ${-size}l${-size} ${size}"/>`
}

/** Returns true if containers of a product or instance run; with a service, if its container does. */
export function isUp({ running }: PageOwner, service: string | null = null): boolean {
  const isSome = running?.live === 'up' || running?.live === 'partly up'
  return isSome && (service === null || !running.missing.includes(service))
}

/** The class of one of eight colours; neighbours differ. */
export function hue(number: number): string {
  return `h h${number % 8}`
}
