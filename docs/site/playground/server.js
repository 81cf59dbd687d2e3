// server.js - runs a stage's server in WebAssembly, with one client.
//
// The page is the network. It gives the server the request in pieces, one for each
// call of recv, and writes down what the server does. A stage's main runs from its
// start to the end of the exchange, or until it waits for something that never comes.
// Then it is thrown away: the next run gets a new one, with new memory.
//
// Plain script, for pages that are opened as files: everything is in `playground`. The
// test (replay.mjs) runs it, too.
const playground = { stages: {}, examples: [], verdicts: [] }

// What comes after the last piece.
playground.endings = ['waits', 'closes', 'silent', 'breaks off']

// Longer than the server lets a client be silent (common/net/limits.h).
const SILENCE_MS = 20_001

// Thrown through the server, to leave it where it is.
const WAITS = Symbol('it waits in recv')
const EXITED = Symbol('the program has ended')

const ENDED = 0 // as in network.h
const SILENT = -1
const RESET = -2

class Network {
  constructor(pieces, ending) {
    this.pieces = pieces
    this.ending = ending
    this.piece = -1 // the one that recv got last; pieces.length: what comes after
    this.left = new Uint8Array(0) // of that piece
    this.events = []
    this.sent = []
    this.closing = false // the server has ended its side
    this.now = Date.now()
  }

  octets(at, length) {
    return new Uint8Array(this.memory.buffer, at, length)
  }

  note(event) {
    this.events.push({ piece: this.piece, ...event })
  }

  receive(into, room) {
    while (this.left.length === 0 && this.piece + 1 < this.pieces.length) {
      this.piece += 1
      this.left = this.pieces[this.piece]
    }
    if (this.left.length > 0) {
      const part = this.left.subarray(0, room)
      this.octets(into, part.length).set(part)
      this.left = this.left.subarray(part.length)
      return part.length
    }
    this.piece = this.pieces.length
    if (this.ending === 'breaks off') return RESET
    if (this.ending === 'closes' || this.closing) return ENDED
    if (this.ending === 'waits') throw WAITS
    this.now += SILENCE_MS
    return SILENT
  }

  ready() {
    const more = this.left.length > 0 || this.piece + 1 < this.pieces.length
    return more || this.ending === 'closes' ? 1 : 0
  }

  // What the module imports: of the page, and of the system (WASI).
  imports() {
    const view = () => new DataView(this.memory.buffer)
    const name = (at) => {
      const rest = new Uint8Array(this.memory.buffer, at)
      return new TextDecoder().decode(rest.slice(0, rest.indexOf(0)))
    }
    return {
      page: {
        receive: (into, room) => this.receive(into, room),
        send: (data, length) => this.sent.push(this.octets(data, length).slice()),
        ready: () => this.ready(),
        called: (at, result) => {
          const call = name(at)
          this.closing ||= call === 'shutdown'
          this.note({ call, result })
        },
        found: (at, data, length) => {
          this.note({ found: name(at), octets: this.octets(data, length).slice() })
        },
      },
      wasi_snapshot_preview1: {
        args_sizes_get: (count, size) => {
          view().setUint32(count, 0, true)
          view().setUint32(size, 0, true)
          return 0
        },
        args_get: () => 0,
        clock_time_get: (clock, precision, at) => {
          view().setBigUint64(at, BigInt(this.now) * 1_000_000n, true)
          return 0
        },
        fd_fdstat_get: () => 8, // there are no files
        fd_seek: () => 8,
        fd_write: (file, parts, count, at) => {
          let length = 0
          for (let i = 0; i < count; i++) length += view().getUint32(parts + 8 * i + 4, true)
          view().setUint32(at, length, true)
          return 0
        },
        proc_exit: () => {
          throw EXITED
        },
      },
    }
  }
}

// The module of a stage, from the script that has it.
playground.compile = (base64) =>
  new WebAssembly.Module(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))

// Runs a server. `pieces` are what the network brings, each a Uint8Array. Returns what
// it did, in order: { piece, call, result } or { piece, found, octets }, where `piece` is
// the number of the last one that came, -1 before the first; what it sent; and whether
// it still waits for more.
playground.run = (module, pieces, ending) => {
  const network = new Network(pieces, ending)
  const instance = new WebAssembly.Instance(module, network.imports())
  network.memory = instance.exports.memory
  let waits = false
  try {
    instance.exports._start()
  } catch (thrown) {
    if (thrown !== WAITS && thrown !== EXITED) throw thrown
    waits = thrown === WAITS
  }
  return { events: network.events, sent: playground.join(network.sent), waits }
}

playground.join = (parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

// The pieces between the cuts, which are offsets in order.
playground.split = (octets, cuts) =>
  [0, ...cuts].map((start, i) => octets.subarray(start, cuts[i] ?? octets.length))

globalThis.playground = playground
