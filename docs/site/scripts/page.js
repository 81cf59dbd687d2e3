// scripts/page.js - what every page does, if it may run scripts: it shows where wide
// things go on, switches between light and dark, and unfolds the answers to print them.
// With ?answers=no in its address, it has no answers.
'use strict'

// A block of code, a table or a drawing that is wider than the page fades where it goes on.
function showEdges(wide) {
  const left = wide.scrollLeft
  wide.classList.toggle('goes-on', left + wide.clientWidth < wide.scrollWidth - 1)
  wide.classList.toggle('goes-back', left > 1)
}

const scrolled = document.querySelectorAll(
  '.vp-doc pre, .vp-doc table, .drawing, .diagram-drawing',
)
const sizes = new ResizeObserver((changes) => {
  for (const { target } of changes) showEdges(target)
})
for (const wide of scrolled) {
  wide.addEventListener('scroll', () => showEdges(wide), { passive: true })
  sizes.observe(wide)
}

// VitePress' script in the head of the page reads what is kept here, before it is shown.
const appearance = document.createElement('button')
appearance.type = 'button'
appearance.textContent = '◐'
appearance.title = 'Light or dark'
appearance.setAttribute('aria-label', 'Light or dark')
appearance.addEventListener('click', () => {
  const isDark = document.documentElement.classList.toggle('dark')
  try {
    localStorage.setItem('vitepress-theme-appearance', isDark ? 'dark' : 'light')
  } catch {
    // It is not kept, then.
  }
})
document.querySelector('.bar-tools').append(appearance)

// On paper, nobody can unfold an answer, and dark is a waste of ink.
let before = { folded: [], isDark: false }
addEventListener('beforeprint', () => {
  before = {
    folded: document.querySelectorAll('.vp-doc details:not([open])'),
    isDark: document.documentElement.classList.contains('dark'),
  }
  for (const answer of before.folded) answer.open = true
  document.documentElement.classList.remove('dark')
})
addEventListener('afterprint', () => {
  for (const answer of before.folded) answer.open = false
  document.documentElement.classList.toggle('dark', before.isDark)
})
if (new URLSearchParams(location.search).get('answers') === 'no') {
  document.documentElement.classList.add('no-answers')
}
