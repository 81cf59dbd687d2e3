// docs/tools/live/live_test.mjs SERVERS WORK [PICTURES] - tests make live in a browser.
//
// Starts live.py with the stages in the folder SERVERS, and opens its page in Chromium
// without a screen. Each test below has a sentence. The node packages are in WORK. With
// PICTURES, a folder, leaves a picture of each look there. Prints how each test ended, and
// exits with 1 if one failed.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startBrowser, watch } from '../../site/browser.mjs'

const [servers, work, pictures] = process.argv.slice(2)
const PATIENCE_MS = 20000
const LOOKS = [[360, 780], [768, 1024], [1280, 900], [1920, 1080]]

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

async function until(what, question) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(50)) {
    if (await question()) return
  }
  assert.fail(`not within ${PATIENCE_MS / 1000} s: ${what}`)
}

// ---- What is started, and ends with the test

async function startLive(stage = 6, place = '127.0.0.1', livePort = '0') {
  return start('docs/tools/live/live.py', `${servers}/stage${stage}/webserve`, place, '0', livePort)
}

// In a group of its own, as a terminal has it: Ctrl-C goes to all of the group.
const started = []
process.on('exit', () => started.forEach(({ child }) => child.exitCode ?? child.kill()))
async function start(command, ...words) {
  const folder = mkdtempSync(join(tmpdir(), 'live-'))
  const { MAKEFLAGS, MAKELEVEL, MFLAGS, ...environment } = process.env
  const child = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, TMPDIR: folder },
    detached: true,
  })
  const live = { child, folder, said: '', errors: '' }
  started.push(live)
  live.ended = new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal)))
  child.stdout.on('data', (data) => (live.said += data))
  child.stderr.on('data', (data) => (live.errors += data))
  await until('live.py starts', () => /threads: .*\n/.test(live.said))
  live.server = new URL(/server: +(\S+)/.exec(live.said)[1])
  live.page = /threads: +(\S+)/.exec(live.said)[1]
  return live
}

// The processes that live.py and what it started are, by their TMPDIR.
function processesOf(live) {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false
    try {
      return readFileSync(`/proc/${entry}/environ`, 'utf8').includes(`TMPDIR=${live.folder}\0`)
    } catch {
      return false // it has ended, or is another's
    }
  })
}

async function endsWithoutARest(live, signal) {
  process.kill(-live.child.pid, signal)
  const status = await live.ended
  await until('every process has ended', () => processesOf(live).length === 0)
  assert.deepEqual(readdirSync(live.folder), [])
  rmSync(live.folder, { recursive: true })
  return status
}

const { browser, seriousFaults } = await startBrowser(work)
const strange = [] // what no page should do
async function open(live, { width, height, scheme = 'light', motion = 'no-preference' }) {
  const page = await browser.newPage()
  await page.setViewport({ width, height })
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: motion },
  ])
  watch(page, (url) => url.startsWith(live.page) || url.startsWith('data:'),
    (sentence) => strange.push(sentence))
  await page.goto(live.page, { waitUntil: 'domcontentloaded' })
  await page.waitForFunction(() => document.querySelectorAll('#lane-list li').length > 0)
  return page
}

const laneTexts = (page) => page.$$eval('#lane-list li', (all) => all.map((one) => one.textContent))
const cardTexts = (page) => page.$$eval('#clients > li', (all) => all.map((one) => one.textContent))
const press = (page, kind) => page.$eval(`[data-kind=${kind}]`, (button) => button.click())

// Exchanges at an even rate; gives how many were answered.
async function send(server, rate, seconds) {
  let answered = 0
  let asked = 0
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) {
    for (; asked < ((performance.now() - began) / 1000) * rate; asked++) {
      const socket = connect(server.port, server.hostname, () =>
        socket.write('GET /many HTTP/1.1\r\nHost: x\r\n\r\n'))
      socket.on('error', () => {})
      socket.on('end', () => answered++)
      socket.resume()
    }
    await pause(5)
  }
  await until('they are answered', () => answered >= asked * 0.99)
  return answered
}

// ---- The tests

const wide = { width: 1280, height: 900 }
const tests = {
  async 'a stalled client keeps its lane while another is served'(live) {
    const page = await open(live, wide)
    await press(page, 'half')
    await until('a lane waits in recv', async () =>
      (await laneTexts(page)).some((text) => text.includes('waits in recv for client')))
    const stalled = (await laneTexts(page)).find((text) => text.includes('waits in recv'))
    await press(page, 'one')
    await until('another client is answered', async () =>
      (await cardTexts(page)).some((text) => /GET \/one.*HTTP\/1.1 200 OK.*Closed/.test(text)))
    const lane = stalled.split('Started')[0]
    assert.ok((await laneTexts(page)).some((text) => text.startsWith(lane)), 'it waits still')
    await page.close()
  },

  async 'a slow request is shown in the pieces that recv gave'(live) {
    const page = await open(live, wide)
    await press(page, 'slow')
    const pieces = ['7 bytes GET /sl', '12 bytes ow HTTP/1.1\\r', '10 bytes \\nHost: x\\r\\n',
      '1 byte \\r', '1 byte \\n', 'delegate GET /slow', 'HTTP/1.1 200 OK']
    await until('all pieces are there, in order', async () =>
      (await cardTexts(page)).some((text) => {
        let from = 0
        return pieces.every((piece) => (from = text.indexOf(piece, from) + 1) > 0)
      }))
    await page.close()
  },

  async 'each stage shows what it does: from stage 2 on, it calls delegate'() {
    for (const stage of readdirSync(servers).flatMap((name) => /^stage(\d)$/.exec(name)?.[1] ?? [])) {
      const live = await startLive(stage)
      const page = await open(live, wide)
      await press(page, 'one')
      await until(`stage ${stage} answers`, async () =>
        (await cardTexts(page)).some((text) => /GET \/one.*HTTP\/1.1 200 OK.*Closed/.test(text)))
      const [card] = await cardTexts(page)
      assert.equal(card.includes('delegate GET /one'), stage > 1, card)
      assert.ok((await page.title()).startsWith(`Stage ${stage}:`))
      await page.close()
      assert.equal(await endsWithoutARest(live, 'SIGINT'), 0)
    }
  },

  async 'a server of your own, with the usual loop, is shown by make live DIR=path'() {
    const own = mkdtempSync(join(tmpdir(), 'own-'))
    cpSync('stages/stage6', own, { recursive: true })
    cpSync('tests/course/right_servers/serve.c', join(own, 'serve.c'))
    const live = await start('make', 'live', `BUILD=${dirname(servers)}`, `DIR=${own}`, 'PORT=0', 'LIVE_PORT=0')
    const page = await open(live, wide)
    await press(page, 'slow')
    await until('the first thread has accepted, and another receives', async () =>
      (await laneTexts(page)).some((text) => /^Thread 1waits in accept/.test(text)) &&
      (await laneTexts(page)).some((text) => /waits in recv for client \d+ ?Started by the main thread/.test(text)))
    assert.match((await cardTexts(page))[0], /accepted by thread 1, handled by thread \d+/)
    await press(page, 'fast')
    await until('clients that are answered at once have their lanes, too', async () =>
      (await laneTexts(page)).filter((text) => text.includes('has ended')).length > 5)
    await page.close()
    await endsWithoutARest(live, 'SIGINT')
    assert.doesNotMatch(live.errors, /Traceback|warning/)
    rmSync(own, { recursive: true })
  },

  async 'a server of your own is shown with each call that receives or sends'() {
    const parts = (data, length) =>
      `(struct iovec[]){{(char *)${data}, 1}, {(char *)${data} + 1, ${length} - 1}}, 2`
    const message = (data, length) =>
      `&(struct msghdr){.msg_iov = ${parts(data, length).replace(/, 2$/, '')}, .msg_iovlen = 2}`
    const calls = [
      [(data, length) => `read(client_sock, ${data}, ${length})`,
        (data, length) => `write(client_sock, ${data}, ${length})`],
      [(data, length) => `recvfrom(client_sock, ${data}, ${length}, 0, NULL, NULL)`,
        (data, length) => `sendto(client_sock, ${data}, ${length}, SEND_FLAGS, NULL, 0)`],
      [(data, length) => `recvmsg(client_sock, ${message(data, length)}, 0)`,
        (data, length) => `sendmsg(client_sock, ${message(data, length)}, SEND_FLAGS)`],
      [(data, length) => `readv(client_sock, ${parts(data, length)})`,
        (data, length) => `writev(client_sock, ${parts(data, length)})`],
    ]
    const own = mkdtempSync(join(tmpdir(), 'own-'))
    cpSync('stages/stage6', own, { recursive: true })
    const loop = readFileSync('tests/course/right_servers/serve.c', 'utf8')
    writeFileSync(join(own, 'serve.c'), loop.replace(/accept\((listening_socket,[^;]*)\)/, 'accept4($1, 0)'))
    const usual = readFileSync('stages/stage6/handle_connection.c', 'utf8')
    for (const [receive, send] of calls) {
      writeFileSync(join(own, 'handle_connection.c'), `#include <sys/uio.h>\n#include <unistd.h>\n${usual}`
        .replace(/recv\(client_sock, (\S+, \w+\)),\s+(\S+), 0\)/g, (_, ...words) => receive(...words))
        .replace(/send\(client_sock, (\S+),\s+(\S+), SEND_FLAGS\)/g, (_, ...words) => send(...words)))
      const live = await start('make', 'live', `BUILD=${dirname(servers)}`, `DIR=${own}`, 'PORT=0', 'LIVE_PORT=0')
      const page = await open(live, wide)
      await press(page, 'one')
      await until(`the card has what came and what went: ${send('data', 'length')}`, async () =>
        /bytes GET \/one\?a=1.*Host.*send: [\d,]+ bytes HTTP\/1.1 200 OK.*Closed/.test((await cardTexts(page))[0]))
      await page.close()
      await endsWithoutARest(live, 'SIGINT')
      assert.doesNotMatch(live.errors, /Traceback|warning/)
    }
    rmSync(own, { recursive: true })
  },

  async 'a client that resets is shown as lost'(live) {
    const page = await open(live, wide)
    await press(page, 'reset')
    await until('its card says so', async () =>
      (await cardTexts(page)).some((text) => text.includes('Lost after 9 bytes')))
    await page.close()
  },

  async 'a thousand exchanges a second do not freeze the page'(live) {
    const page = await open(live, wide)
    await page.evaluate(() => {
      const look = { pictures: 0, longest: 0, last: performance.now() }
      globalThis.look = look
      const tick = (time) => {
        look.pictures += 1
        look.longest = Math.max(look.longest, time - look.last)
        look.last = time
        requestAnimationFrame(tick)
      }
      requestAnimationFrame(tick)
    })
    const answered = await send(live.server, 1000, 5)
    const { pictures: drawn, longest } = await page.evaluate(() => globalThis.look)
    const text = await page.$eval('#counts', (one) => one.textContent)
    console.log(`    ${answered} exchanges, ${drawn} pictures, the longest pause ${Math.round(longest)} ms`)
    console.log(`    ${text}`)
    assert.ok(answered >= 4500, `${answered} were answered`)
    assert.ok(drawn >= 50, `${drawn} pictures in 5 s`)
    assert.ok(longest < 1000, `${longest} ms without a picture`)
    assert.ok((await laneTexts(page)).some((one) => /has [\d,]+ clients a second/.test(one)))
    await page.close()
  },

  async 'it fits every screen, light and dark, and axe finds nothing serious'(live) {
    for (const [width, height] of LOOKS) {
      for (const scheme of ['light', 'dark']) {
        const page = await open(live, { width, height, scheme, motion: 'reduce' })
        for (const kind of ['one', 'slow', 'reset', 'fast']) await press(page, kind)
        await pause(2500)
        const found = await page.evaluate(() => ({
          width: document.documentElement.scrollWidth,
          letters: Math.min(...[...document.querySelectorAll('body *')]
            .filter((one) => one.textContent.trim() && one.checkVisibility())
            .map((one) => parseFloat(getComputedStyle(one).fontSize))),
        }))
        assert.ok(found.width <= width, `${width}: ${found.width} pixels wide`)
        assert.ok(found.letters >= (width >= 1920 ? 20 : 16), `${width}: letters of ${found.letters}`)
        assert.deepEqual(await seriousFaults(page), [])
        if (pictures) await page.screenshot({ path: `${pictures}/live-${width}-${scheme}.png` })
        await page.close()
      }
    }
  },

  async 'the keyboard reaches every button'(live) {
    const page = await open(live, wide)
    const reached = new Set()
    for (let i = 0; i < 7; i++) {
      await page.keyboard.press('Tab')
      reached.add(await page.evaluate(() => document.activeElement.textContent))
      if (reached.size === 2) await page.keyboard.press('Enter')
    }
    assert.equal([...reached].filter((text) => /client|request|resets|Pause/.test(text)).length, 6)
    await until('Enter starts a client', async () =>
      (await page.$eval('#status', (one) => one.textContent)).startsWith('One client'))
    await page.close()
  },

  async 'a paused page stands still, and shows afterward what it missed'(live) {
    const page = await open(live, wide)
    await page.click('#pause')
    const before = await cardTexts(page)
    await press(page, 'one')
    await pause(1000)
    assert.deepEqual(await cardTexts(page), before)
    await page.setViewport({ width: 800, height: 900 })
    await until('the picture has the size of the page', async () =>
      page.$eval('#canvas', (one) => Math.abs(one.width - one.getBoundingClientRect().width) < 2))
    await page.click('#pause')
    await until('the client has its card', async () =>
      (await cardTexts(page)).some((text) => /GET \/one.*Closed/.test(text) && !before.includes(text)))
    await page.close()
  },

  async 'cards and their pieces are there after a long pause, and after a reload'() {
    const live = await startLive()
    const page = await open(live, wide)
    const both = async () => {
      const [stalled, answered] = await cardTexts(page)
      return /22 bytes GET \/half.*not complete/.test(stalled) &&
        /delegate GET \/one.*Closed/.test(answered)
    }
    await press(page, 'one')
    await until('the one is answered', async () => /Closed/.test((await cardTexts(page))[0]))
    await press(page, 'half')
    await until('both have their cards', both)
    await page.click('#pause')
    await pause(13000) // longer than frames are kept
    await page.click('#pause')
    await pause(1000)
    assert.ok(await both(), 'after the pause')
    await page.reload()
    await until('after a reload', both)
    await page.close()
    await endsWithoutARest(live, 'SIGINT')
  },

  async 'no exchange is drawn without its end, however fast they are'() {
    const live = await startLive()
    const page = await open(live, wide)
    const drawn = () => page.evaluate(async () => {
      const count = {}
      const { fill, fillRect } = CanvasRenderingContext2D.prototype
      const counting = (draw) => function (...where) {
        count[this.fillStyle] = (count[this.fillStyle] ?? 0) + 1
        return draw.apply(this, where)
      }
      const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name)
      await new Promise(requestAnimationFrame)
      CanvasRenderingContext2D.prototype.fill = counting(fill)
      CanvasRenderingContext2D.prototype.fillRect = counting(fillRect)
      await new Promise(requestAnimationFrame)
      Object.assign(CanvasRenderingContext2D.prototype, { fill, fillRect })
      return ['--delegate', '--sent'].map((name) => count[color(name)] ?? 0)
    })
    await press(page, 'one')
    await until('one is drawn whole', async () => (await drawn()).join() === '1,1')
    await pause(1500)
    await press(page, 'fast')
    await until('they are counted', async () =>
      (await page.$eval('#counts', (one) => one.textContent)).startsWith('21 clients'))
    await pause(500)
    const [delegate, sent] = await drawn()
    assert.ok(delegate >= 1 && delegate < 8, `${delegate} marks for 21 clients`)
    assert.ok(sent > delegate, `${delegate} calls of delegate, ${sent} of send or blocks`)
    await page.close()
    await endsWithoutARest(live, 'SIGINT')
  },

  async 'with reduced motion, it draws once a second'(live) {
    const page = await open(live, { ...wide, motion: 'reduce' })
    const drawn = await page.evaluate(async () => {
      let count = 0
      const clear = CanvasRenderingContext2D.prototype.clearRect
      CanvasRenderingContext2D.prototype.clearRect = function (...where) {
        count += 1
        return clear.apply(this, where)
      }
      await new Promise((done) => setTimeout(done, 3000))
      return count
    })
    assert.ok(drawn >= 1 && drawn <= 4, `${drawn} pictures in 3 s`)
    await page.close()
  },

  async 'another site can neither read it nor press its buttons'(live) {
    const ask = (method, path, headers) => new Promise((done) => {
      const at = new URL(live.page)
      const socket = connect(at.port, at.hostname)
      let text = ''
      socket.on('data', (data) => (text += data))
      socket.on('close', () => done(Number(text.split(' ')[1])))
      socket.end(`${method} ${path} HTTP/1.0\r\n${headers.join('\r\n')}\r\n\r\n`)
    })
    const host = `Host: ${new URL(live.page).host}`
    assert.equal(await ask('GET', '/about', [host]), 200)
    assert.equal(await ask('GET', '/about', ['Host: example.com']), 403)
    assert.equal(await ask('GET', '/about', [host, 'Origin: http://example.com']), 403)
    assert.equal(await ask('POST', '/clients/one', [host, 'Origin: http://example.com']), 403)
    assert.equal(await ask('POST', '/clients/one', [host]), 403)
    assert.equal(await ask('POST', '/clients/none', [host, `Origin: http://${host.slice(6)}`]), 404)
    assert.equal(await ask('GET', '/../live.py', [host]), 404)
  },

  async 'twenty clients at once are answered, and the buttons have a limit'(live) {
    const page = await open(live, wide)
    const counted = async () =>
      Number.parseInt((await page.$eval('#counts', (one) => one.textContent)).replaceAll(',', ''))
    await until('it counts', async () => (await counted()) >= 0)
    const before = await counted()
    await press(page, 'fast')
    await until('they are counted', async () => (await counted()) >= before + 20)
    for (let i = 0; i < 80; i++) await press(page, 'half')
    await until('it says no', async () =>
      (await page.$eval('#status', (one) => one.textContent)).startsWith('There are enough'))
    await page.close()
  },

  async 'a page that is still open shows the server that is started next'() {
    const first = await startLive(1)
    const page = await open(first, wide)
    await until('it is stage 1', async () => (await page.title()).startsWith('Stage 1:'))
    await endsWithoutARest(first, 'SIGINT')
    await until('it has stopped', async () =>
      (await page.$eval('#status', (one) => one.textContent)).startsWith('The server has stopped'))
    const second = await startLive(4, '127.0.0.1', new URL(first.page).port)
    await until('it is stage 4', async () => (await page.title()).startsWith('Stage 4:'))
    assert.equal(await page.$eval('#server', (one) => one.href), second.server.href)
    assert.equal(await page.$eval('#delegate-note', (one) => one.textContent), '')
    await press(page, 'fast')
    await until('it counts the clients per second', async () =>
      / [1-9]\d* per second/.test(await page.$eval('#counts', (one) => one.textContent)))
    await page.close()
    strange.splice(0) // the page asked for a server that was not there
    await endsWithoutARest(second, 'SIGINT')
  },

  async 'nothing is left after Ctrl-C, or when live.py is killed'(live) {
    const page = await open(live, wide)
    await press(page, 'half')
    await pause(300)
    await page.close()
    assert.ok(processesOf(live).length >= 2)
    assert.equal(await endsWithoutARest(live, 'SIGINT'), 0)
    assert.equal(live.errors.includes('Traceback'), false, live.errors)
    const other = await startLive()
    assert.equal(await endsWithoutARest(other, 'SIGKILL'), 'SIGKILL')
    const third = await startLive(6, '0.0.0.0')
    assert.match(third.said, /Everyone on your network can open/)
    assert.equal(await endsWithoutARest(third, 'SIGTERM'), 0)
  },
}

if (pictures) mkdirSync(pictures, { recursive: true })
const live = await startLive()
let failed = 0
for (const [name, test] of Object.entries(tests)) {
  try {
    await test(live)
    assert.deepEqual(strange.splice(0), [], 'no page asks elsewhere, or has an error')
    console.log(`ok      ${name}`)
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${name}\n    ${error.message.split('\n').join('\n    ')}`)
  }
}
await browser.close()
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
