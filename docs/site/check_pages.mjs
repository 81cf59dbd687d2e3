// docs/site/check_pages.mjs FOLDER WORK [PICTURES] - looks at the site in a browser.
//
// Serves FOLDER on a free port and opens one page of each kind in Chromium, light and
// dark, wide and narrow, and each page that has a drawing or a block of code, to measure
// these. Faults are: a drawing with letters under 12 pixels; a line of code of 80 columns
// that a projector does not show whole; a request to another host; an error of a script;
// a page wider than a narrow screen; a search that finds nothing; and each finding of
// axe-core that is serious or critical. Turns the pages of each deck of slides, as a file,
// at two sizes: a slide must fit, and not be half empty; of 720 pixels, letters of code
// have at least 28, and those of pictures 20. The node packages are in WORK. With PICTURES,
// a folder, leaves a picture of each page and slide there. KINDS in the environment names
// the kinds to look at, if not all (`drawings` is what is measured, `slides` are the decks).
// Prints each fault and a line of totals; exits with 1 if there is a fault.
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const kinds = {
  home: '/index.html',
  walkthrough: '/stage6.html',
  difference: '/difference/step3.html',
  wire: '/wire.html',
  mistakes: '/mistakes/index.html',
  mistake: '/mistakes/fencepost.html',
  api: '/api/index.html',
  header: '/api/net/pool.html',
  source: '/source/stages/stage6/handle_connection.c.html',
  sources: '/source/index.html',
  reference: '/http.html',
  performance: '/performance.html',
  decks: '/decks.html',
  missing: '/404.html',
}

const [folder, work, pictures] = process.argv.slice(2)
const require = createRequire(resolve(work, 'package.json'))
const puppeteer = require('puppeteer-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const decks = readdirSync(resolve(folder, 'slides')).filter((name) => name.endsWith('.html'))

const faults = []
const server = spawn('python3', ['-u', '-m', 'http.server', '--bind', '127.0.0.1',
  '--directory', folder, '0'], { stdio: ['ignore', 'pipe', 'ignore'] })
const said = await new Promise((done) => server.stdout.once('data', done))
const origin = /http:\S+\d/.exec(said)[0]
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // As root, Chromium has no sandbox; it opens nothing but this site.
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
})

const looks = [
  { name: 'wide', width: 1280, height: 900, scale: 1 },
  { name: 'narrow', width: 390, height: 844, scale: 1 },
]
const slideLook = { name: 'slides', width: 1280, height: 720, scale: 1 }
const projector = { name: 'projector', width: 1920, height: 1080, scale: 1 }

async function newPage(address, scheme, look) {
  const page = await browser.newPage()
  await page.setViewport({ width: look.width, height: look.height, deviceScaleFactor: look.scale })
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ])
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:') && url !== address) {
      faults.push(`${address}: asks for ${url}`)
    }
  })
  page.on('pageerror', (error) => faults.push(`${address}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') {
      faults.push(`${address}: ${message.text()}`)
    }
  })
  await page.goto(new URL(address, origin).href, { waitUntil: 'networkidle0', timeout: 60000 })
  if (await page.$('.diagram')) {
    await page.waitForSelector('.diagram-drawing svg', { timeout: 30000 }).catch(() => {
      faults.push(`${address}: a diagram is not drawn`)
    })
  }
  return page
}

async function lookAt(kind, address, scheme, look) {
  const page = await newPage(address, scheme, look)
  const where = `${address} (${look.name}, ${scheme})`
  if (look.width < 400) {
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    if (width > look.width) faults.push(`${where}: ${width} pixels wide`)
  }
  await findByAxe(page, where)
  if (pictures) {
    await page.screenshot({ path: `${pictures}/${kind}-${look.name}-${scheme}.png` })
  }
  await page.close()
}

async function findByAxe(page, where) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'] }),
  )
  for (const { id, impact, help, nodes } of violations) {
    if (impact === 'serious' || impact === 'critical') {
      faults.push(`${where}: ${impact}: ${help} (${id}, ${nodes.length} times)`)
      for (const node of nodes.slice(0, 3)) {
        faults.push(`    ${node.target.join(' ')}: ${node.failureSummary.split('\n')[1] ?? ''}`)
      }
    }
  }
}

// Whatever scales a drawing scales its letters: the smallest, as seen.
function smallestLetters(where = '.vp-doc') {
  const inline = [...document.querySelectorAll('.diagram-drawing svg')].map((svg) => {
    const scale = svg.getScreenCTM().a
    const sizes = [...svg.querySelectorAll('text, foreignObject *')]
      .filter((element) => element.textContent.trim() !== '')
      .map((element) => parseFloat(getComputedStyle(element).fontSize) * scale)
    return { name: 'a diagram', size: Math.min(...sizes) }
  })
  const images = [...document.querySelectorAll(`${where} img:is([src$=".svg"], [src*="svg+xml"])`)].map(async (image) => {
    const text = await (await fetch(image.currentSrc)).text()
    const [, width, height] = /viewBox="\S+ \S+ ([\d.]+) ([\d.]+)/.exec(text)
    const box = image.getBoundingClientRect()
    const sizes = [...text.matchAll(/(?:font-size[:=]\s*"?|font:\s*)([\d.]+)/g)]
    const smallest = Math.min(...sizes.map((match) => Number(match[1])))
    const scale = Math.min(box.width / width, box.height / height)
    return { name: image.alt || image.getAttribute('src'), size: smallest * scale }
  })
  return Promise.all([...inline, ...images])
}

// Blocks of C, and differences, that do not show 80 columns and a mark.
function cutCode() {
  return [...document.querySelectorAll('.language-c pre, .language-diff pre')]
    .filter((pre) => pre.textContent.split('\n').every((line) => line.length <= 81))
    .filter((pre) => pre.scrollWidth > pre.clientWidth)
    .map((pre) => `${pre.scrollWidth} pixels, of which ${pre.clientWidth} are seen`)
}

async function measure(address, look) {
  const page = await newPage(address, 'light', look)
  for (const { name, size } of await page.evaluate(smallestLetters)) {
    if (!(size >= 11.95)) faults.push(`${address} (${look.name}): ${name} has letters of ${size.toFixed(1)} pixels`)
  }
  if (look === projector) {
    for (const what of await page.evaluate(cutCode)) {
      faults.push(`${address} (${look.name}): a block of code has ${what}`)
    }
  }
  await page.close()
}

// What is wrong with the slide that is shown, and how many pictures it has.
async function lookAtSlide(page, high, where) {
  const slide = await page.evaluate((unit) => {
    const body = document.querySelector('.slide.current .body')
    const used = [...body.children].reduce((sum, child) => sum + child.offsetHeight, 0)
    const code = [...body.querySelectorAll('pre')]
    return {
      id: body.parentElement.id,
      fits: body.scrollHeight <= body.clientHeight && body.scrollWidth <= body.clientWidth,
      filled: body.parentElement.classList.contains('question') ? 1 : used / body.clientHeight,
      letters: code.map((pre) => parseFloat(getComputedStyle(pre).fontSize) *
        body.getBoundingClientRect().height / body.offsetHeight / unit),
    }
  }, high / 720)
  const say = (what) => faults.push(`${where}: slide ${slide.id} ${what}`)
  if (!slide.fits) say('does not fit')
  if (slide.filled < 0.5) say('is half empty')
  for (const size of slide.letters) {
    if (!(size >= 27.95)) say(`has code with letters of ${size.toFixed(1)} pixels of 720`)
  }
  const found = await page.evaluate(smallestLetters, '.slide.current')
  for (const { name, size } of found) {
    const seen = (size * 720) / high
    if (!(seen >= 19.95)) say(`has letters of ${seen.toFixed(1)} pixels of 720 in: ${name}`)
  }
  return { id: slide.id, drawn: found.length }
}

// Turns the pages of a deck, by each of the keys in turn.
async function turnPages(deck, look) {
  const address = pathToFileURL(resolve(folder, 'slides', deck)).href
  const page = await newPage(address, 'light', look)
  const where = `${deck} (${look.name})`
  const count = await page.$$eval('.slide', (slides) => slides.length)
  const keys = ['ArrowRight', ' ', 'n', 'PageDown']
  let drawn = 0
  for (let number = 1; number <= count; number += 1) {
    const seen = await lookAtSlide(page, look.height, where)
    if (seen.id !== String(number)) faults.push(`${where}: no key leads to slide ${number}`)
    drawn += seen.drawn
    if (pictures && look !== projector) {
      const name = `${deck.replace('.html', '')}-${String(number).padStart(2, '0')}`
      await page.screenshot({ path: `${pictures}/${name}.png` })
    }
    await page.keyboard.press(keys[number % keys.length])
  }
  await page.keyboard.press('p')
  if ((await page.$eval('.slide.current', (slide) => slide.id)) !== String(count - 1)) {
    faults.push(`${where}: p does not turn back`)
  }
  if (drawn === 0) faults.push(`${where}: there is no picture`)
  // Without its script, a deck shows all slides, and axe sees them.
  await page.evaluate(() => document.documentElement.classList.remove('show'))
  await findByAxe(page, where)
  const printed = readFileSync(resolve(folder, 'slides', deck.replace('.html', '.pdf')), 'latin1')
  const sheets = printed.match(/\/Type \/Page\b/g)?.length
  if (sheets !== count) faults.push(`${deck}: ${count} slides are ${sheets} pages of the PDF`)
  await page.close()
}

// The speaker's window has the notes, and turns the page in both windows.
async function speak(deck) {
  const page = await newPage(pathToFileURL(resolve(folder, 'slides', deck)).href, 'light', projector)
  await page.keyboard.press('s')
  const opened = await browser.waitForTarget((target) => target.url().includes('#speaker'))
  const speaker = await opened.page()
  await speaker.waitForFunction(() => document.querySelector('.notes.current')?.offsetHeight > 0)
  if (pictures) await speaker.screenshot({ path: `${pictures}/speaker.png` })
  await speaker.keyboard.press('ArrowRight')
  await page.waitForSelector('.slide.current[id="2"]', { timeout: 20000 })
  await page.keyboard.press('ArrowRight')
  await speaker.waitForSelector('.slide.current[id="3"]', { timeout: 20000 })
  await speaker.close()
  await page.close()
}

// The pages at the site's top that have drawings: the documents.
function drawn() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.html'))
    .filter((name) => /class="diagram"|<img[^>]*\.svg"|language-(c|diff)/.test(
      readFileSync(resolve(folder, name), 'utf8')))
    .map((name) => `/${name}`)
}

// Someone looks for a word, with the keyboard alone.
async function search() {
  const page = await newPage('/', 'light', looks[0])
  await page.keyboard.press('/')
  await page.waitForSelector('.VPLocalSearchBox input', { timeout: 20000 })
  await page.type('.VPLocalSearchBox input', 'pool_accepted')
  await page
    .waitForSelector('.VPLocalSearchBox .results .result', { timeout: 20000 })
    .then(async () => {
      if (pictures) await page.screenshot({ path: `${pictures}/search-wide-light.png` })
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => location.pathname !== '/', { timeout: 20000 })
    })
    .catch(() => faults.push('/: the search finds nothing for pool_accepted'))
  await page.close()
}

if (pictures) mkdirSync(pictures, { recursive: true })
let looked = 0
const attempt = (what, work) =>
  work.catch((error) => faults.push(`${what}: ${error.message.split('\n')[0]}`))
const wanted = process.env.KINDS?.split(' ')
for (const [kind, address] of Object.entries(kinds)) {
  if (wanted && !wanted.includes(kind)) continue
  for (const scheme of ['light', 'dark']) {
    for (const look of looks) {
      await attempt(address, lookAt(kind, address, scheme, look))
      looked += 1
    }
  }
  if (pictures) await attempt(address, lookAt(kind, address, 'light', projector))
}
for (const deck of wanted && !wanted.includes('slides') ? [] : decks) {
  for (const look of [slideLook, projector]) {
    await attempt(deck, turnPages(deck, look))
    looked += 1
  }
}
if (!wanted || wanted.includes('slides')) await attempt(`${decks[0]}, the speaker's window`, speak(decks[0]))
for (const address of wanted && !wanted.includes('drawings') ? [] : drawn()) {
  for (const look of [...looks, projector]) {
    await attempt(address, measure(address, look))
    looked += 1
  }
}
await attempt('search', search())
await browser.close()
server.kill()
for (const fault of new Set(faults)) console.log(fault)
console.log(`${looked} looks, ${new Set(faults).size} faults`)
process.exit(faults.length > 0 ? 1 : 0)
