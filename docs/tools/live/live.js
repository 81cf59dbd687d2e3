// live.js - draws what the threads of a server do.
//
// frames.py sends a frame twenty times a second. What it says goes into `lanes` and
// `cards`. The screen is drawn at its own pace, however much has come; with reduced
// motion, once a second.

const WINDOW_MS = 12000 // this much of the past is drawn
const BEHIND_MS = 150 // a frame has come by then
const TEXT_MS = 250 // between two looks at the words
const CARDS_MOST = 12

const byId = (id) => document.getElementById(id)
const canvas = byId('canvas')
const pen = canvas.getContext('2d')
const less = matchMedia('(prefers-reduced-motion: reduce)')
const dark = matchMedia('(prefers-color-scheme: dark)')

const lanes = new Map()
const cards = new Map()
let counts = null
let rates = []
let offset = null // between the server's clock and this one
let paused = null
let ended = false
let colors = {}

// ---- What comes -------------------------------------------------------------

function takeAll(frames) {
  const last = frames.at(-1)
  if (!last) return
  const difference = last.now - performance.now()
  offset = offset === null || Math.abs(difference - offset) > 500
    ? difference : offset + (difference - offset) * 0.05
  counts = last
  const samples = frames.map(({ now, accepted }) => ({ at: now, accepted }))
  rates = [...rates, ...samples].filter(({ at }) => at >= last.now - 2000)
  frames.forEach(take)
}

function take(frame) {
  for (const lane of frame.lanes) takeLane(lane)
  for (const id of frame.gone) {
    lanes.get(id)?.element.remove()
    lanes.delete(id)
  }
  for (const client of frame.clients) takeClient(client)
}

function forget() {
  lanes.clear()
  cards.clear()
  counts = null
  rates = []
  byId('lane-list').replaceChildren()
  byId('clients').replaceChildren()
}

function takeLane({ id, by, began, changes }) {
  let lane = lanes.get(id)
  if (!lane) {
    lane = { id, by, changes: [], began, ...laneElement(id, by) }
    lanes.set(id, lane)
    placeInOrder(lane)
  }
  for (const [at, state, client, received, sent] of changes) {
    if (lane.changes.at(-1)?.at >= at && lane.changes.at(-1).state === state) continue
    lane.changes.push({ at, state, client, received, sent })
  }
}

function takeClient(client) {
  const card = cards.get(client.id) ?? cardElement(client)
  Object.assign(card, client, { changed: true })
  if (cards.has(client.id)) return
  const older = cardsByAge().findLast((other) => other.id < client.id)
  byId('clients').insertBefore(card.element, older?.element ?? null)
  cards.set(client.id, card)
  dropCards()
}

const cardsByAge = () => [...cards.values()].sort((one, other) => one.id - other.id)

// Of too many cards, the oldest goes whose client has left; or else the oldest.
function dropCards() {
  while (cards.size > CARDS_MOST) {
    const gone = cardsByAge().find((card) => card.closed) ?? cardsByAge()[0]
    gone.element.remove()
    cards.delete(gone.id)
  }
}

// ---- Words ------------------------------------------------------------------

function make(name, kind, text = '') {
  const element = document.createElement(name)
  if (kind) element.className = kind
  element.textContent = text
  return element
}

function laneElement(id, by) {
  const element = make('li')
  const label = make('div')
  const swatch = make('i', 'swatch idle')
  const words = make('span')
  const starter = by === 1 ? 'the main thread' : `thread ${by}`
  const from = make('span', 'from quiet', by ? ` Started by ${starter}.` : '')
  label.append(make('span', 'name', `Thread ${id}`), swatch, words, from)
  const track = make('div', 'track')
  element.append(label, track)
  return { element, swatch, words, track }
}

function placeInOrder(lane) {
  const after = [...lanes.values()].filter((other) => other.id > lane.id)
    .sort((one, other) => one.id - other.id)[0]
  byId('lane-list').insertBefore(lane.element, after?.element ?? null)
}

const phrases = {
  accept: () => 'waits in accept',
  recv: (client) => `waits in recv for client ${client}`,
  work: (client) => `works for client ${client}`,
  delegate: (client) => `is in delegate for client ${client}`,
  send: (client) => `sends to client ${client}`,
  drain: (client) => `drains what client ${client} still sends`,
  idle: () => 'is between two clients',
  end: () => 'has ended',
  many: (count) => `has ${number(count)} clients a second`,
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function sayLanes() {
  for (const lane of lanes.values()) {
    const at = shownNow()
    const many = lane.changes
      .filter((change) => change.state === 'many' && change.at <= at && change.at > at - 1000)
      .reduce((sum, change) => sum + change.client, 0)
    const now = many > 1 ? { state: 'many', client: many } : stateAt(lane, at)
    if (!now) continue
    const kind = `swatch ${now.state}`
    if (lane.swatch.className !== kind) lane.swatch.className = kind
    setText(lane.words, phrases[now.state](now.client))
  }
}

const number = (value) => value.toLocaleString('en-US')
const bytes = (count) => `${number(count)} ${count === 1 ? 'byte' : 'bytes'}`
const plural = (count, word) => `${number(count)} ${word}${count === 1 ? '' : 's'}`

function sayCounts() {
  if (!counts) return
  const span = (counts.now - rates[0].at) / 1000
  const rate = span > 0.5 ? Math.round((counts.accepted - rates[0].accepted) / span) : 0
  const sentences = [
    `${plural(counts.accepted, 'client')} so far, ${number(counts.open)} connected now, ` +
      `${number(rate)} per second.`,
    `${plural(counts.threads, 'thread')} for clients.`,
  ]
  if (counts.hidden > 0) sentences.push(`Threads without a lane: ${number(counts.hidden)}.`)
  if (counts.lost > 0) {
    sentences.push(`Events that came too fast to be shown: ${number(counts.lost)}. A lane may be wrong.`)
  }
  setText(byId('counts'), sentences.join(' '))
}

function cardElement({ id }) {
  const element = make('li')
  element.append(make('h3', '', `Client ${id}`))
  const list = make('ul')
  const foot = make('p', 'quiet')
  const where = make('p', 'quiet')
  element.append(where, list, foot)
  return { element, where, list, foot }
}

const duration = (ms) => (ms < 100 ? `${ms.toFixed(ms < 10 ? 2 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`)

function pieceElement([at, kind, count, text], accepted) {
  const item = make('li')
  const line = make('span')
  const what = {
    in: `recv, after ${duration(at - accepted)}: ${bytes(count)} `,
    out: `send: ${bytes(count)} `,
    delegate: 'delegate ',
    interrupted: `after ${duration(at - accepted)}, a signal interrupts the call: `,
  }
  // Of an answer, its first line says enough.
  const shown = kind === 'out' ? text.replace(/\\r\\n.*/, ' …') : text
  line.append(what[kind], make('code', '', shown))
  const swatch = { in: 'received', out: 'send', delegate: 'delegate', interrupted: 'lost' }[kind]
  item.append(make('i', `swatch ${swatch}`), line)
  return item
}

function howItIs({ accepted, closed, received, sent, trouble }) {
  const took = duration(closed - accepted)
  if (trouble) return `Lost after ${bytes(received)}: ${trouble}.`
  if (closed && !sent) return `Closed after ${took}, without an answer.`
  if (closed) return `Closed after ${took}: ${bytes(received)} received, ${bytes(sent)} sent.`
  return sent ? 'Not closed yet.' : `${bytes(received)} so far. The request is not complete.`
}

function sayCards() {
  byId('clients-none').hidden = cards.size > 0
  for (const card of cards.values()) {
    if (!card.changed) continue
    card.changed = false
    card.element.className = card.closed ? '' : 'open'
    const items = card.pieces.map((piece) => pieceElement(piece, card.accepted))
    if (card.earlier > 0) items.unshift(make('li', 'quiet', plural(card.earlier, 'earlier piece')))
    card.list.replaceChildren(...items)
    setText(card.where, `${card.address}, accepted by thread ${card.acceptedBy}` +
      (card.thread === card.acceptedBy ? '' : `, handled by thread ${card.thread}`))
    setText(card.foot, howItIs(card))
  }
}

// ---- Drawing ----------------------------------------------------------------

function shownNow() {
  return paused ?? performance.now() + (offset ?? 0) - BEHIND_MS
}

function stateAt(lane, at) {
  return lane.changes.findLast((change) => change.at <= at)
}

function readColors() {
  const style = getComputedStyle(document.documentElement)
  for (const name of ['paper', 'ink', 'quiet', 'line', 'accept', 'client', 'received',
    'delegate', 'sent', 'drain']) {
    colors[name] = style.getPropertyValue(`--${name}`).trim()
  }
  colors.stripes = pattern(8, (tile) => {
    tile.fillStyle = colors.client
    tile.fillRect(0, 0, 8, 8)
    tile.strokeStyle = colors.paper
    tile.lineWidth = 2
    for (const x of [-8, 0, 8]) {
      tile.moveTo(x, 8)
      tile.lineTo(x + 8, 0)
    }
    tile.stroke()
  })
  colors.dots = pattern(6, (tile) => {
    tile.fillStyle = colors.drain
    tile.fillRect(1, 1, 3, 3)
  })
}

function pattern(size, draw) {
  const tile = new OffscreenCanvas(size, size)
  draw(tile.getContext('2d'))
  return pen.createPattern(tile, 'repeat')
}

// Where the lanes are, in the canvas's pixels; it changes with the page only.
let layout = { width: 0, height: 0, scale: 1, letters: 16 }
function measure() {
  const box = byId('lanes').getBoundingClientRect()
  const scale = devicePixelRatio || 1
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const letters = Math.max(16, rem * 0.9)
  for (const lane of lanes.values()) {
    const track = lane.track.getBoundingClientRect()
    const { width, height } = track
    lane.box = { x: track.left - box.left, y: track.top - box.top, width, height }
  }
  const [width, height] = [Math.round(box.width * scale), Math.round(box.height * scale)]
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
    drawn = -Infinity // it is empty now
  }
  layout = { width, height, scale, letters }
}

function drawLanes() {
  const now = shownNow()
  pen.setTransform(layout.scale, 0, 0, layout.scale, 0, 0)
  pen.clearRect(0, 0, layout.width, layout.height)
  pen.font = `600 ${layout.letters}px system-ui, 'DejaVu Sans', sans-serif`
  pen.textBaseline = 'alphabetic'
  for (const lane of lanes.values()) {
    if (!lane.box) continue
    // Of what is out of sight, the last tells what the lane begins with.
    while (lane.changes.length > 1 && lane.changes[1].at < now - WINDOW_MS) {
      lane.changes.shift()
    }
    drawLane(lane, now)
  }
  pen.globalAlpha = 1
}

function drawLane(lane, now) {
  const { x: left, y, width, height } = lane.box
  const x = (at) => left + width * (1 - (now - Math.max(at, now - WINDOW_MS)) / WINDOW_MS)
  const bar = Math.round(height * 0.46)
  const top = y + height - bar - 2
  const last = lane.changes[lane.changes.length - 1]
  pen.globalAlpha = last.state === 'end' ? Math.max(0.25, 1 - (now - last.at) / 6000) : 1
  const words = []
  lane.changes.forEach((change, index) => {
    const end = lane.changes[index + 1]?.at ?? now
    if (change.at > now || end < now - WINDOW_MS) return
    drawState(change, x(change.at), x(Math.min(end, now)), top, bar)
    const before = lane.changes[index - 1]
    if (change.state !== 'many' && change.client && change.client !== before?.client) {
      words.push([x(change.at), change.client])
    }
  })
  drawMarks(lane, now, x, top, bar)
  drawWords(words, top - 4, left + width)
  if (lane.began > now - WINDOW_MS && lane.began <= now) drawBeginning(lane, x(lane.began), top, bar)
}

function drawState({ state }, from, to, top, bar) {
  const width = Math.max(to - from, 1)
  if (state === 'accept') {
    pen.strokeStyle = colors.accept
    pen.lineWidth = 2
    pen.strokeRect(from, top + bar * 0.35, width, bar * 0.3)
  } else if (state === 'recv' || state === 'work' || state === 'delegate' || state === 'send') {
    pen.fillStyle = state === 'recv' ? colors.stripes : colors.client
    pen.fillRect(from, top, width, bar)
  } else if (state === 'many') {
    pen.fillStyle = colors.client
    pen.fillRect(from, top, width, bar / 2)
    pen.fillStyle = colors.sent
    pen.fillRect(from, top + bar / 2, width, bar / 2)
  } else if (state === 'drain') {
    pen.fillStyle = colors.dots
    pen.fillRect(from, top, width, bar)
  } else if (state === 'idle') {
    pen.fillStyle = colors.line
    pen.fillRect(from, top + bar / 2 - 1, width, 2)
  }
}

// Moments are wider than they last, or they could not be seen: each as a shape. What would
// hide another mark moves to the right of it. If different clients' marks would get in each
// other's way, or one would be far from its place, all of them become one block.
function drawMarks(lane, now, x, top, bar) {
  const groups = []
  for (const change of lane.changes) {
    const kind = markOf(change)
    if (!kind || change.at > now || change.at < now - WINDOW_MS) continue
    const at = x(change.at)
    let group = groups.at(-1)
    if (!group || at >= group.free) {
      group = { from: at, client: change.client, marks: [], free: at, crowded: false }
      groups.push(group)
    }
    group.crowded ||= change.client !== group.client || group.free > at + 3 * bar
    if (group.crowded) {
      group.free = Math.max(at, group.from + bar) + 1
    } else if (group.marks.at(-1)?.kind !== kind) {
      group.marks.push({ kind, at: group.free })
      group.free += (kind === 'received' ? 4 : bar * 0.5) + 1
    }
  }
  for (const { from, free, marks, crowded } of groups) {
    if (crowded) drawState({ state: 'many' }, from, free - 1, top, bar)
    else for (const { kind, at } of marks) drawMark(kind, at, top, bar)
  }
}

function markOf({ state, received, sent }) {
  if (received < 0) return 'lost'
  if (received) return 'received'
  if (sent) return 'sent'
  return state === 'delegate' ? 'delegate' : null
}

function drawMark(kind, at, top, bar) {
  const size = bar * 0.5
  pen.beginPath()
  if (kind === 'lost') {
    pen.strokeStyle = colors.ink
    pen.lineWidth = 3
    pen.moveTo(at, top + bar / 4)
    pen.lineTo(at + size, top + bar * 0.75)
    pen.moveTo(at, top + bar * 0.75)
    pen.lineTo(at + size, top + bar / 4)
    pen.stroke()
    return
  }
  pen.fillStyle = colors[kind]
  if (kind === 'received') pen.rect(at, top, 4, bar)
  else if (kind === 'sent') polygon([[at, top], [at + size, top + bar / 2], [at, top + bar]])
  else diamond(at, top, size, bar)
  pen.fill()
}

function diamond(x, y, width, height) {
  polygon([[x, y + height / 2], [x + width / 2, y], [x + width, y + height / 2],
    [x + width / 2, y + height]])
}

function polygon(points) {
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)))
  pen.closePath()
}

// The clients' numbers above the bars; of many that are close, how many there are.
function drawWords(words, y, right) {
  pen.fillStyle = colors.ink
  const groups = []
  for (const [x, client] of words) {
    const group = groups.at(-1)
    if (group && x < group.x + pen.measureText(wordsOf(group.clients)).width + 8) {
      group.clients.push(client)
    } else groups.push({ x, clients: [client] })
  }
  groups.forEach(({ x, clients }, index) => {
    const text = wordsOf(clients)
    const end = Math.min(groups[index + 1]?.x - 4 || right, right)
    if (x + pen.measureText(text).width <= end + 4) pen.fillText(text, x, y)
  })
}

const wordsOf = (clients) => (clients.length > 3 ? `${clients.length} clients` : clients.join(', '))

// A new thread: a ring, and a line from the thread that started it.
function drawBeginning(lane, x, top, bar) {
  const starter = lanes.get(lane.by)
  pen.strokeStyle = colors.ink
  pen.lineWidth = 1.5
  pen.beginPath()
  if (starter?.box && lane.box.x > 0) {
    pen.moveTo(x, starter.box.y + starter.box.height - bar / 2)
    pen.lineTo(x, top + bar / 2 - 5)
    pen.stroke()
    pen.beginPath()
  }
  pen.arc(x, top + bar / 2, 5, 0, 2 * Math.PI)
  pen.stroke()
}

// ---- The page ---------------------------------------------------------------

let drawn = -Infinity
let said = -Infinity
function picture(time) {
  requestAnimationFrame(picture)
  if (time - said >= TEXT_MS) {
    said = time
    if (paused === null) {
      sayLanes()
      sayCounts()
      sayCards()
    }
    measure() // the window may change even if the page is paused
  }
  if (less.matches && time - drawn < 1000) return
  drawn = time
  drawLanes()
}

async function start(kind) {
  const words = {
    one: 'One client sends a whole request.',
    slow: 'A slow client sends a request in five pieces, over six seconds.',
    half: 'A client sends half a request, and then nothing.',
    fast: 'Twenty clients each send a whole request, all at once.',
    reset: 'A client sends half a request, and then resets the connection.',
  }
  const answer = await fetch(`/clients/${kind}`, { method: 'POST' })
    .then((response) => response.text(), () => 'gone')
  const said = {
    started: words[kind],
    enough: 'There are enough clients. Wait until some have left.',
  }
  setText(byId('status'), said[answer] ?? 'The server has stopped.')
}

// A paused page hears nothing; afterward it gets the last seconds, and all cards, again.
function pause() {
  paused = paused === null ? shownNow() : null
  if (paused === null) listen()
  else source.close()
  byId('pause').setAttribute('aria-pressed', String(paused !== null))
}

async function introduce() {
  const about = await (await fetch('/about')).json()
  const title = `${about.stage ? `Stage ${about.stage}` : 'Your server'}: its threads, live`
  setText(byId('title'), title)
  document.title = title
  byId('server').href = about.url
  setText(byId('server'), about.url)
  const network = `, and for everyone on your network at ${about.network}`
  setText(byId('network'), about.network ? network : '')
  setText(byId('delegate-note'), about.stage === '1' ? ' (stage 1 does not)' : '')
}

let source
function listen() {
  source = new EventSource('/frames')
  source.onopen = () => {
    forget()
    introduce() // it may be another server
    if (ended) setText(byId('status'), '')
    ended = false
  }
  source.onmessage = ({ data }) => takeAll(JSON.parse(data))
  source.onerror = () => {
    ended = true
    setText(byId('status'), 'The server has stopped. Start it again, and this page will go on.')
  }
}

for (const button of document.querySelectorAll('[data-kind]')) {
  button.addEventListener('click', () => start(button.dataset.kind))
}
byId('pause').addEventListener('click', pause)
dark.addEventListener('change', readColors)
readColors()
listen()
requestAnimationFrame(picture)
