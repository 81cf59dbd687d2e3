// docs/site/playground/check.mjs FOLDER WORK - uses the playground as a reader does.
//
// Opens FOLDER/index.html as a file in Chromium: cuts a request before every byte and
// steps to its end, moves cuts with keys and mouse, types a request, reads it back from
// its address, asks every stage, searches, opens the menu, follows the links of the other
// pages, and looks at it without WebAssembly and without scripts. Faults are what is not
// as expected, an error of a script, a request for anything but a file of the site, a page
// wider than a phone, and each finding of axe-core that is serious or critical. The node
// packages are in WORK. Prints each fault and a line of totals; exits with 1 if there is
// a fault.
import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startBrowser, watch } from '../browser.mjs'

const [folder, work] = process.argv.slice(2)
const place = pathToFileURL(resolve(folder)).href
const site = resolve(folder, '..')
const SOON = { timeout: 10000 }

const faults = []
let checks = 0
function expect(what, got, wanted) {
  checks += 1
  const fits = wanted instanceof RegExp ? wanted.test(got) : got === wanted
  if (!fits) faults.push(`${what}: ${JSON.stringify(got)}, not ${wanted}`)
}

const { browser, seriousFaults } = await startBrowser(work)

async function open(fragment, prepare = () => {}) {
  const page = await browser.newPage()
  await page.setViewport({ width: 1280, height: 900 })
  watch(page, (url) => url.startsWith(pathToFileURL(site).href) || /^(data|about):/.test(url),
    (sentence) => faults.push(sentence))
  await prepare(page)
  await page.goto(`${place}/index.html${fragment}`)
  return page
}

const textOf = (page, selector) => page.$eval(selector, (one) => one.innerText)
const valueOf = (page, selector) => page.$eval(selector, (one) => one.value)
const said = (page, pattern) =>
  page.waitForFunction((source) => new RegExp(source).test(document.querySelector('#verdict').innerText),
    SOON, pattern.source)
const cuts = (page) =>
  page.$$eval('.cut', (all) => all.map((one) => Number(one.getAttribute('aria-valuenow'))))
const isOff = (page, selector) => page.$eval(selector, (one) => one.disabled)

const encode = (text) => encodeURIComponent(text).replace(/%20/g, '+')
const POST = 'POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nname='

const parts = {
  async 'every byte'() {
    const page = await open('')
    await said(page, /Incomplete/)
    await page.click('#cut-all')
    expect('too many pieces to type', await textOf(page, '#in-a-terminal summary'), /in one piece$/)
    const length = (await page.$$('.byte')).length
    expect('cuts before every byte', (await cuts(page)).length, length - 1)
    for (let step = 1; step < length; step++) {
      const words = await textOf(page, '#verdict')
      if (!/Incomplete/.test(words)) expect(`byte ${step}`, words, /Incomplete/)
      await page.click('#next')
    }
    expect('the last byte', await textOf(page, '#verdict'), /Done: 200 OK/)
    expect('nothing comes after it', await isOff(page, '#next'), true)
    expect('calls of recv', (await textOf(page, '#calls')).match(/recv\(4\) = 1\n/g).length, length)
    expect('the query', await textOf(page, '#apart'), /of=a\s+of\s+a/)
    expect('the answer', await textOf(page, '#answer'), /HTTP\/1\.1 200 OK/)
    const frame = await (await page.waitForSelector('iframe')).contentFrame()
    expect('the page', await frame.$eval('h1', (one) => one.innerText), 'hello, /pieces')
    expect('its sandbox', await page.$eval('iframe', (one) => one.getAttribute('sandbox')), '')
    return page
  },

  async 'cuts by keys and mouse'() {
    const page = await open('')
    await said(page, /Incomplete/)
    const [first, second] = await cuts(page)
    await page.focus('.cut')
    await page.keyboard.press('ArrowRight')
    expect('a key moves a cut', (await cuts(page))[0], first + 1)
    await page.keyboard.press('Delete')
    expect('a key removes it', String(await cuts(page)), String(second))
    await page.click('[data-at="3"]')
    expect('a click makes one', String(await cuts(page)), `3,${second}`)
    const cut = await (await page.$('[data-cut="3"]')).boundingBox()
    const byte = await (await page.$('[data-at="10"]')).boundingBox()
    await page.mouse.move(cut.x + cut.width / 2, cut.y + cut.height / 2)
    await page.mouse.down()
    await page.mouse.move(byte.x + 1, byte.y + byte.height / 2, { steps: 5 })
    await page.mouse.up()
    expect('the mouse drags it', String(await cuts(page)), `10,${second}`)
    await page.click('#cut-none')
    expect('no cuts', (await cuts(page)).length, 0)
    expect('one piece', await textOf(page, '#verdict'), /1 of 1 piece, .*\s+Done/)
    return page
  },

  async 'a request that is typed'() {
    const page = await open('')
    await said(page, /Incomplete/)
    await page.click('#cut-none')
    await page.click('#request', { clickCount: 1 })
    await page.keyboard.down('Control')
    await page.keyboard.press('a')
    await page.keyboard.up('Control')
    await page.keyboard.type('GET /typed HTTP/1.1\nHost: x\n\n')
    await said(page, /Done: 200 OK/)
    expect('Enter types CR LF', await valueOf(page, '#request'), 'GET /typed HTTP/1.1\\r\\n\nHost: x\\r\\n\n\\r\\n\n')
    expect('the command', await page.$eval('#command', (one) => one.textContent),
      "printf 'GET /typed HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' | nc 127.0.0.1 8080")
    await page.keyboard.type('\\d')
    expect('an unknown escape', await textOf(page, '#request-fault'), /\\d means nothing/)
    const fragment = await page.evaluate(() => location.hash)
    await page.close()
    const again = await open(fragment)
    await said(again, /Done: 200 OK/)
    expect('from the address', await valueOf(again, '#request'), /^GET \/typed HTTP\/1\.1\\r\\n/)
    return again
  },

  async 'faults'() {
    const page = await open(`#request=${encode('GET / HTTP/1.1\r\nHost: x\nname: value\r\n\r\n')}`)
    await said(page, /400 Bad Request\s+Line 2 ends in LF alone/)
    expect('the line at fault', await page.$$eval('.row', (rows) =>
      rows.findIndex((row) => row.classList.contains('wrong'))), 1)
    await page.close()
    const waiting = await open(`#request=${encode('GET / HT')}`)
    await said(waiting, /Incomplete\s+.*The server waits in recv/)
    expect('nothing else happens', await isOff(waiting, '#next'), true)
    await waiting.close()
    const silent = await open(`#then=silent&request=${encode('GET / HT')}`)
    await said(silent, /Incomplete/)
    await silent.click('#next')
    await said(silent, /408 Request Timeout/)
    await silent.select('#ending', 'closes')
    await said(silent, /No answer\s+recv returns 0/)
    await silent.select('#ending', 'breaks off')
    await said(silent, /No answer\s+recv returns -1/)
    expect('nc cannot do that', await silent.$eval('#in-a-terminal', (one) => one.hidden), true)
    return silent
  },

  async 'strange addresses'() {
    const request = encode('GET / HTTP/1.1\r\nHost: x-y\r\n\r\n')
    const page = await open(`#stage=toString&cuts=23&request=${request}`)
    await said(page, /Incomplete/)
    expect('no such stage', await page.evaluate(() => location.hash), /^#stage=6&/)
    expect('a piece that begins with -', await page.$eval('#command', (one) => one.textContent),
      /printf '\\055y\\r\\n/)
    return page
  },

  async 'all stages'() {
    const page = await open(`#request=${encode(POST)}`)
    await said(page, /Done: 200 OK/)
    expect('stage 6 decodes the content', await textOf(page, '#apart'), /name=\s+name/)
    for (const stage of [1, 2, 3, 4, 5]) {
      await page.click(`[name=stage][value="${stage}"]`)
      await page.waitForFunction((hash) => location.hash.startsWith(hash), SOON, `#stage=${stage}`)
      expect(`stage ${stage}`, await textOf(page, '#verdict'), /501 Not Implemented\s+This stage/)
    }
    return page
  },

  async 'examples'() {
    const page = await open('')
    await said(page, /Incomplete/)
    const groups = await page.$$eval('#group option', (all) => all.map((one) => one.text))
    expect('groups have titles in words', groups.filter((title) => /: |\.$|^[^A-Z]/.test(title)).join(), '')
    expect('one of the wire corpus', groups.includes('Field lines, malformed and valid ones'), true)
    // The stage follows the mistake, and stays where the mistake can be.
    const stages = await page.evaluate(() => playground.examples[1].examples.map((one) => one.stages))
    const early = stages.findIndex((one) => !one.includes(6))
    const late = stages.findIndex((one) => one.includes(2) && one.includes(6))
    expect('there are both', early >= 0 && late >= 0, true)
    await page.select('#group', '1')
    await page.select('#example', String(early))
    const stage = stages[early].at(-1)
    await page.waitForFunction((hash) => location.hash.startsWith(hash), SOON, `#stage=${stage}&`)
    expect('the stage of a mistake', await valueOf(page, '[name=stage]:checked'), String(stage))
    await page.click('[name=stage][value="2"]')
    await page.select('#example', String(late))
    await page.waitForFunction(() => location.hash.startsWith('#stage=2&'), SOON)
    expect('a stage that has the mistake', await valueOf(page, '[name=stage]:checked'), '2')
    return page
  },

  async 'the search, and the menu'() {
    const page = await open(`#request=${encode('GET /kept HTTP/1.1\r\nHost: x\r\n\r\n')}`)
    await said(page, /Done/)
    await page.click('.search-button')
    await page.type('.search input', 'recv')
    await page.waitForSelector('.search li a', SOON)
    expect('the search finds', (await page.$$('.search li a')).length > 3, true)
    await page.click('.search form button')
    const isShown = () => page.$eval('#menu', (menu) => menu.checkVisibility())
    for (const width of [1280, 360]) {
      await page.setViewport({ width, height: 900 })
      expect(`no menu at first, at ${width}`, await isShown(), false)
      await page.click('.bar-menu')
      expect(`the menu opens, at ${width}`, await isShown(), true)
      expect('where the reader is', await page.$eval('#menu [aria-current]', (one) => one.text.trim()), 'Playground')
      await page.click('.menu-close')
      expect(`and closes, at ${width}`, await isShown(), false)
      await page.waitForFunction(() => location.hash.startsWith('#stage='), SOON)
      expect('the request is still there', await valueOf(page, '#request'), /^GET \/kept /)
    }
    return page
  },

  async 'links to it'() {
    const texts = readdirSync(site)
      .filter((name) => name.endsWith('.html'))
      .map((name) => readFileSync(resolve(site, name), 'utf8'))
    const fragments = texts.flatMap((text) =>
      [...text.matchAll(/href="[^"]*playground\/index\.html(#[^"]+)"/g)].map((match) => match[1]))
    expect('there are some', fragments.length > 5, true)
    for (const fragment of fragments) {
      const page = await open(fragment.replaceAll('&amp;', '&'))
      await page.waitForSelector('.byte', SOON)
      await page.click('#last')
      expect(fragment, await textOf(page, '#verdict'), /Done: 200 OK|Line 1 ends in LF|must have a Host|nothing came for too long/)
      await page.close()
    }
    return open('')
  },

  async 'without WebAssembly'() {
    const page = await open('', (one) => one.evaluateOnNewDocument(() => delete globalThis.WebAssembly))
    await page.waitForSelector('#trouble:not([hidden])', SOON)
    expect('what to do', await textOf(page, '#trouble'), /allow it for this page/)
    return page
  },

  async 'without scripts'() {
    const page = await open('', (one) => one.setJavaScriptEnabled(false))
    expect('what to do', await textOf(page, 'main'), /needs JavaScript.*Turn it on/s)
    return page
  },

  async 'a phone, and axe'() {
    const page = await open(`#cuts=3,30&request=${encode(POST)}`)
    await page.setViewport({ width: 360, height: 740, hasTouch: true })
    await page.waitForSelector('.cut', SOON)
    await page.$eval('#wire', (one) => one.scrollIntoView())
    const from = await (await page.$('.cut')).boundingBox()
    const to = await (await page.$('[data-at="7"]')).boundingBox()
    await page.touchscreen.touchStart(from.x + 1, from.y + from.height / 2)
    await page.touchscreen.touchMove(to.x + 1, to.y + to.height / 2)
    await page.touchscreen.touchEnd()
    expect('a finger drags a cut', (await cuts(page))[0], 7)
    await page.click('#last')
    for (const isDark of [false, true]) {
      await page.evaluate((on) => document.documentElement.classList.toggle('dark', on), isDark)
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect('as wide as a phone', width, 360)
      for (const fault of await seriousFaults(page)) faults.push(`${isDark ? 'dark' : 'light'}: ${fault}`)
    }
    return page
  },
}

for (const [title, part] of Object.entries(parts)) {
  const before = faults.length
  await part()
    .then((page) => page.close())
    .catch((error) => faults.push(error.message.split('\n')[0]))
  for (let i = before; i < faults.length; i++) faults[i] = `${title}: ${faults[i]}`
}
await browser.close()
for (const fault of faults) console.log(fault)
console.log(`${checks} checks of the playground, ${faults.length} faults`)
process.exit(faults.length > 0 ? 1 : 0)
