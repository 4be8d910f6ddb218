/** The page of a workspace: one HTML file with every link, a search box and the map of the port space. */
import { createHash } from 'node:crypto'
import { ownerName, type PortClaim } from '../claims/claim.js'
import { groupCollisions } from '../claims/collisions.js'
import { urlOf } from '../claims/web.js'
import { rangeText } from '../ports/value.js'
import type { Page } from '../tasks/page.js'
import { html, type Markup } from './html.js'
import { count, counts } from './lines.js'
import { hue, isUp, mapHtml, type PageEntry } from './page-map.js'
import { SCRIPT, STYLE } from './page-style.js'
import { hostText, offsetText } from './ports.js'
import { runningText } from './products.js'

/** Nothing is loaded, and no other script runs. */
const POLICY = `default-src 'none'; img-src data:; style-src '${hash(STYLE)}'; script-src '${hash(SCRIPT)}'`

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

export function pageHtml(page: Page): string {
  const { owners, collisions } = page
  const entries = owners.map((owner, index): PageEntry => {
    const name = ownerName(owner)
    return { owner, name, number: index + 1, anchor: name.replace(/[^\w.@-]/g, '_') }
  })
  const colliding = new Set(collisions.flatMap(({ claims }) => claims))
  const cards = entries.map((entry) => cardHtml(entry, colliding))
  const { markup } = html`<!doctype html><!-- Written by product page -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: POLICY }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Products and their ports</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<header>
<h1>Products and their ports</h1>
<p>${summary(page)}</p>
<nav aria-label="Page"><a href="#_products">Products</a> <a href="#_map">Port map</a>${
    collisions.length === 0 ? '' : html` <a href="#_collisions">Collisions</a>`
  }</nav>
<search hidden><label for="_search">Search names, ports and variables</label> <input id="_search" type="search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"> <span id="_found" role="status"></span></search>
</header>
<main>
<section id="_products"><h2>Products</h2>
${owners.length === 0 ? html`<p>The workspace has no products yet.</p>` : html`<ul class="cards">${cards}</ul>`}
</section>
${collisionsHtml(page, entries)}<section id="_map"><h2>Port map</h2>
${mapHtml(entries)}</section>
</main>
<script>${{ markup: SCRIPT }}</script>
</body>
</html>
`
  return markup
}

function summary({ owners, collisions, unread }: Page): string {
  const instances = owners.filter(({ instance }) => instance !== null).length
  const parts = [
    count(new Set(owners.map(({ product }) => product)).size, 'product'),
    instances === 0 ? '' : count(instances, 'instance'),
    count(owners.flatMap(({ claims }) => claims).length, 'port'),
    counts([[collisions.length, 'collision']], unread),
    owners.every(({ running }) => running === null)
      ? ''
      : `${owners.filter((owner) => isUp(owner)).length} up when this page was written`,
  ]
  const missing = unread.length === 0 ? '' : `. Not read, so ports may be missing: ${unread.join(', ')}`
  return `${parts.filter((part) => part !== '').join(', ')}${missing}`
}

function cardHtml({ owner, name, number, anchor }: PageEntry, colliding: ReadonlySet<PortClaim>): Markup {
  const { running, claims, offset, offsetFrom, state, directory } = owner
  const sorted = [...claims].sort((a, b) => rank(a) - rank(b) || a.from - b.from)
  const rows = sorted.map((claim) => rowHtml(claim, colliding.has(claim)))
  const ports = rows.length === 0 ? html`<p>No ports</p>` : html`<ul>${rows}</ul>`
  const on = isUp(owner) ? ' on' : ''
  const now =
    running === null ? '' : html`<b class="live${on}">${SIGNS[running.live]} ${runningText(running)}</b>, `
  const elsewhere = directory.startsWith('..') ? `, in ${directory}` : ''
  return html`<li class="card" id="${anchor}"><h3><span class="key ${hue(number)}">${number}</span> ${name}</h3>
<p>${now}offset ${offsetText(offset, offsetFrom)}, ${STATES[state]}${elsewhere}</p>
${ports}</li>
`
}

/** The front door first, then the other links. */
function rank({ web }: PortClaim): number {
  return web === null ? 2 : web.isFront ? 0 : 1
}

const STATES: Readonly<Record<PageEntry['owner']['state'], string>> = {
  merged: 'merged',
  missing: 'not merged yet',
  incomplete: 'merge incomplete',
  outdated: 'merge outdated',
  stopped: 'not mergeable, because of an error',
}

/** Shapes, as colour alone tells not everybody. */
const SIGNS = { up: '●', 'partly up': '◐', down: '○', unknown: '?' } as const

function rowHtml(claim: PortClaim, collides: boolean): Markup {
  const { service, variable } = claim
  const by = [service, variable].filter((each) => each !== null).join(' · ')
  const mark = collides
    ? html` <a class="key x" href="#_collisions" aria-label="collides" title="collides">✕</a>`
    : ''
  return html`<li>${linksHtml(claim)} <span class="by">${by}${mark}</span></li>`
}

/** The link by name or by port; with names, both. */
function linksHtml(claim: PortClaim): Markup {
  const { web, from } = claim
  if (web === null || web.url === null) return html`<span>${hostText(claim)}</span>`
  const link = html`<a class="${web.isFront ? 'front' : 'link'}" href="${web.url}">${web.url.replace(/^http:\/\//, '')}</a>`
  const plain = urlOf(claim, web, null) ?? ''
  return plain === web.url
    ? link
    : html`<span>${link} <a href="${plain}" aria-label="${plain}">:${from}</a></span>`
}

function collisionsHtml({ collisions }: Page, entries: readonly PageEntry[]): Markup {
  if (collisions.length === 0) return html``
  const anchors = new Map(entries.map(({ name, anchor }) => [name, anchor]))
  const items = groupCollisions(collisions).map(({ owners, collisions: shared }) => {
    const targets = owners.map((name) => anchors.get(name) ?? '')
    const links = owners.map(
      (name, index) => html`${index === 0 ? '' : ', '}<a href="#${targets[index] ?? ''}">${name}</a>`,
    )
    const ports = shared.map((each) => {
      const names = new Set(each.claims.map(({ variable, service }) => variable ?? service ?? ''))
      const protocol = each.protocol === 'tcp' ? '' : `/${each.protocol}`
      return html`<li><span>${rangeText(each)}${protocol}</span> <span class="by">${[...names].join(', ')}</span></li>`
    })
    return html`<li class="card" data-of="${targets.join(' ')}">${links}<ul>${ports}</ul></li>
`
  })
  return html`<section id="_collisions"><h2><span class="key x">✕</span> Collisions</h2>
<p>These cannot run at the same time. <code>product check</code> explains each collision and how to resolve it.</p>
<ul class="cards">${items}</ul>
</section>
`
}
