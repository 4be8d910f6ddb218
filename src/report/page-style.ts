/** The style sheet and the script of the page. */

const HUES = [210, 120, 45, 280, 180, 330, 80, 15].map((hue, index) => `.h${index}{--h:${hue}}`).join('\n')

export const STYLE = `
:root{color-scheme:light dark;--text:#1b1f24;--dim:#57606a;--line:#d0d7de;--card:#fff;--page:#f6f8fa;--link:#0550ae;--bar:#4b6a8f;--x:#b3261e;--on-x:#fff;--up:#116329;--s:75%;--l:84%}
@media screen and (prefers-color-scheme:dark){:root{--text:#e6edf3;--dim:#9da7b1;--line:#3d444d;--card:#161b22;--page:#0d1117;--link:#79b8ff;--bar:#7d9cc0;--x:#ffb4ab;--on-x:#410002;--up:#6fdd8b;--s:40%;--l:28%}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:90rem;padding:0 1rem 2rem;font:1rem/1.45 system-ui,sans-serif;color:var(--text);background:var(--page);overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:1rem 0 0}
h2{font-size:1.2rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:0}
p{margin:.25rem 0}
li>:first-child{min-width:8.75rem}
.by{flex:1 1 11rem}
.front{font-weight:600}
small,.by,.card p{color:var(--dim);font-size:.8125rem;font-weight:400}
a{color:var(--link)}
nav a{margin-right:1rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
search{display:block;margin-top:.5rem}
[hidden]{display:none!important}
input{font:inherit;width:min(100%,24rem);padding:.35rem .6rem;color:inherit;background:var(--card);border:1px solid var(--dim);border-radius:6px}
label{display:block;margin-bottom:.4rem;font-size:.875rem}
[role=status]{margin-left:.5rem}
ul{list-style:none;margin:0;padding:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));gap:.75rem}
.card{padding:.75rem;background:var(--card);border:1px solid var(--line);border-radius:8px;break-inside:avoid;scroll-margin:1rem}
.card:target{border-color:var(--link);box-shadow:0 0 0 2px var(--link)}
.card li{display:flex;flex-wrap:wrap;gap:0 .5rem;align-items:baseline;padding:.15rem 0;border-top:1px solid var(--line);font-variant-numeric:tabular-nums}
.card ul{margin-top:.4rem}
.key{display:inline-block;min-width:1.7em;padding:0 .3em;text-align:center;font-size:.875rem;font-weight:600;border:1px solid var(--line);border-radius:4px;color:var(--text)}
.key.h{background:hsl(var(--h) var(--s) var(--l));border-color:transparent}
.key.x{background:var(--x);color:var(--on-x);text-decoration:none}
.key.up{border-bottom:3px solid var(--up)}
.live.on{color:var(--up)}
svg{display:block;width:100%;height:auto}
svg text{font:600 9.5px system-ui,sans-serif;fill:var(--text);text-anchor:middle}
.space{max-width:56rem;margin:.5rem 0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.5rem}
.space text{font-weight:400;text-anchor:start;fill:var(--dim)}
.bar{fill:var(--bar)}
.line{stroke:var(--line);fill:none}
.band{margin-top:1rem}
.strips{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:.4rem 1rem}
.strip{display:flex;align-items:center;break-inside:avoid}
.strip span{flex:none;width:2.75rem;font-size:.75rem;color:var(--dim);font-variant-numeric:tabular-nums}
.strip svg{background:var(--card);outline:1px solid var(--line)}
rect.h{fill:hsl(var(--h) var(--s) var(--l))}
rect.x{fill:var(--x)}
rect.up{fill:var(--up)}
.cross{stroke:var(--x);stroke-width:2.5;fill:none}
rect.x+.cross{stroke:var(--on-x)}
svg a:focus-visible{outline:none}
svg a:focus-visible rect{stroke:var(--text);stroke-width:2}
a.off{opacity:.15}
li.off{display:none}
.space .level{text-anchor:middle}
@media (max-width:40rem){.strip{display:block}.level{display:none}.space text{font-size:18px}.space text:nth-of-type(even){display:none}}
@media print{:root{color-scheme:light}body{max-width:none;background:#fff;font-size:.8rem}nav,search{display:none}*{print-color-adjust:exact}.card:target{box-shadow:none}}
${HUES}
`

/** Filters by all words that are typed. \`/\` goes to the search box, Enter to the first link found, Escape back to all. */
export const SCRIPT = `
const box = document.getElementById('_search')
const cards = [...document.querySelectorAll('#_products .card')]
const texts = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]))
function filter() {
  const words = box.value.toLowerCase().split(/\\s+/)
  for (const card of cards) card.hidden = !words.every((word) => texts.get(card).includes(word))
  const shown = new Set(cards.filter((card) => !card.hidden).map((card) => card.id))
  for (const part of document.querySelectorAll('[data-of]'))
    part.classList.toggle('off', !part.dataset.of.split(' ').some((id) => shown.has(id)))
  for (const part of document.querySelectorAll('.strip,.band'))
    part.hidden = part.querySelector('svg a:not(.off)') === null
  document.getElementById('_found').textContent = box.value === '' ? '' : shown.size + ' of ' + cards.length
}
box.addEventListener('input', filter)
box.addEventListener('keydown', ({ key }) => {
  if (key === 'Enter') document.querySelector('#_products .card:not([hidden]) a')?.focus()
})
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') box.value = ''
  else if (event.key !== '/' || event.target === box) return
  event.preventDefault()
  box.focus()
  filter()
})
document.addEventListener('click', ({ target }) => {
  if (target.closest('main a[href^="#"]') === null) return
  box.value = ''
  filter()
})
box.parentElement.hidden = false
filter()
`
