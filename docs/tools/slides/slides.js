// Shows one slide at a time. Keys: arrows, space, page keys, n and p turn the page,
// Home and End go to the ends, f fills the screen, s opens the speaker's window: this
// file again, with the notes, the next slide and the time. Without this script, the
// slides are below each other.
const slides = [...document.querySelectorAll('.slide')]
const notes = [...document.querySelectorAll('.notes')]
const isSpeaker = location.hash.startsWith('#speaker')
const began = Date.now()
let at = 0
let other = isSpeaker ? window.opener : null

function show(index, fromOther = false) {
  at = Math.max(0, Math.min(slides.length - 1, index))
  slides.forEach((slide, i) => {
    slide.classList.toggle('current', i === at)
    slide.classList.toggle('following', i === at + 1)
    notes[i].classList.toggle('current', i === at)
  })
  history.replaceState(null, '', `#${isSpeaker ? 'speaker-' : ''}${at + 1}`)
  if (!fromOther) other?.postMessage({ slide: at }, '*')
  tellTime()
}

function fit() {
  const scale = Math.min(innerWidth / 1280, innerHeight / 720)
  document.documentElement.style.setProperty('--scale', scale)
}

// The minutes that the slides up to the end of this one have, and those that passed.
function tellTime() {
  if (!isSpeaker) return
  const planned = notes.slice(0, at + 1).reduce((sum, note) => sum + Number(note.dataset.minutes), 0)
  const passed = Math.floor((Date.now() - began) / 60000)
  document.querySelector('nav').dataset.time = `${passed} min passed; this slide ends at ${planned} min`
}

function fromHash() {
  const number = Number(/\d+$/.exec(location.hash)?.[0] ?? 1)
  show(number - 1)
}

function openSpeaker() {
  const address = `${location.href.split('#')[0]}#speaker-${at + 1}`
  other = window.open(address, '', 'popup,width=1100,height=800')
}

function fillScreen() {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen()
}

const keys = {
  ArrowRight: () => show(at + 1),
  ArrowDown: () => show(at + 1),
  PageDown: () => show(at + 1),
  n: () => show(at + 1),
  ArrowLeft: () => show(at - 1),
  ArrowUp: () => show(at - 1),
  PageUp: () => show(at - 1),
  p: () => show(at - 1),
  Home: () => show(0),
  End: () => show(slides.length - 1),
  f: fillScreen,
  s: openSpeaker,
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  if (event.key === ' ' && event.target.tagName === 'BUTTON') return
  const act = event.key === ' ' ? () => show(at + (event.shiftKey ? -1 : 1)) : keys[event.key]
  if (!act) return
  event.preventDefault()
  act()
})

let touched = 0
addEventListener('touchstart', (event) => { touched = event.changedTouches[0].clientX })
addEventListener('touchend', (event) => {
  const moved = event.changedTouches[0].clientX - touched
  if (Math.abs(moved) > 40) show(at + (moved < 0 ? 1 : -1))
})

addEventListener('message', (event) => {
  if (other && event.source === other && Number.isInteger(event.data.slide)) show(event.data.slide, true)
})
document.querySelector('#back').addEventListener('click', () => show(at - 1))
document.querySelector('#next').addEventListener('click', () => show(at + 1))
addEventListener('hashchange', fromHash)
addEventListener('resize', fit)
document.documentElement.classList.add(isSpeaker ? 'speaker' : 'show')
setInterval(tellTime, 10000)
fit()
fromHash()
