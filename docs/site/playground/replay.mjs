// docs/site/playground/replay.mjs BUILD - the playground answers as the servers do.
//
// Runs every request of tests/wire/corpus through the module of each stage, and compares
// what it sends with what the real server sent in `make wire` (BUILD/wire): byte for
// byte, except the value of Date. Each short request is also cut before every byte:
// that must not change the answer. And each can be written for printf, which is asked,
// for the page's address and for its box, and read again. Prints each fault and a line of
// totals; exits with 1 if there is a fault.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInThisContext } from 'node:vm'

const SHORT = 2000 // bytes of a request
const MOST_SHOWN = 10

const here = dirname(fileURLToPath(import.meta.url))
const build = process.argv[2]
for (const script of ['server.js', 'notation.js']) {
  runInThisContext(readFileSync(join(here, script), 'utf8'))
}

const corpus = execFileSync(join(here, 'requests.py'), ['corpus'], { encoding: 'utf8' })
const requests = corpus
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

// What the client sends, in pieces.
function piecesOf(request) {
  return request.pieces.flatMap(([base64, times, isEach]) => {
    const octets = Buffer.from(base64, 'base64')
    return isEach
      ? Array(times).fill(octets)
      : [Buffer.alloc(octets.length * times, octets)]
  })
}

// The raw client reads until the server ends: it is silent, and does not close.
const endingOf = (request) => (request.ending === 'waits' ? 'silent' : request.ending)

const withoutDate = (octets) =>
  Buffer.from(octets).toString('latin1').replace(/^Date: .*\r$/m, 'Date\r')

const faults = []
let compared = 0
let cut = 0
for (const folder of readdirSync('stages')) {
  const module = new WebAssembly.Module(readFileSync(`${build}/playground/${folder}.wasm`))
  for (const request of requests) {
    const pieces = piecesOf(request)
    const ending = endingOf(request)
    const came = withoutDate(readFileSync(`${build}/wire/${folder}/${request.name}`))
    const sent = withoutDate(playground.run(module, pieces, ending).sent)
    // One that breaks off has not read all of it.
    const same = ending === 'breaks off' ? sent.startsWith(came) : sent === came
    compared += 1
    if (!same) faults.push(`${folder} ${request.name}: not the server's answer`)

    const whole = Buffer.concat(pieces)
    // A 100 Continue is sent only if no content has come with the head.
    if (whole.length > SHORT || /^expect:/im.test(whole.toString())) continue
    const answers = [[whole], playground.split(whole, [...whole.keys()].slice(1))].map(
      (way) => withoutDate(playground.run(module, way, ending).sent),
    )
    cut += 1
    if (answers[0] !== answers[1]) faults.push(`${folder} ${request.name}: another answer if cut`)
  }
}
for (const request of requests) {
  const octets = Buffer.concat(piecesOf(request))
  if (octets.length > SHORT) continue
  const read = {
    'the box': playground.readRequest(playground.writeRequest(octets)),
    'the address': playground.readAddress(playground.writeAddress(octets)),
    printf: execFileSync('sh', ['-c', playground.writePrintf(octets)]),
  }
  for (const [place, again] of Object.entries(read)) {
    if (!octets.equals(again)) faults.push(`${request.name}: not the same by way of ${place}`)
  }
}
for (const fault of faults.slice(0, MOST_SHOWN)) console.log(fault)
console.log(
  `${compared} answers compared, ${cut} requests cut before each byte, ${faults.length} faults`,
)
process.exit(faults.length > 0 || compared === 0 ? 1 : 0)
