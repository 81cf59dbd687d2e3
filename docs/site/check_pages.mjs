// docs/site/check_pages.mjs FOLDER WORK [PICTURES] - looks at the site in a browser.
//
// Serves FOLDER on a free port and opens one page of each kind in Chromium, light and
// dark, wide and narrow, and each page that has a drawing or a block of code, to measure
// these. Faults are: a drawing with letters under 12 pixels; a line of code of 80 columns
// that a projector does not show whole; a request to another host; an error of a script;
// a page wider than a narrow screen; what check_reading.mjs, check_course.mjs and
// check_slides.mjs find; and each finding of axe-core that is serious or critical. The
// node packages are in WORK. With PICTURES, a folder, leaves a picture of each page there.
// KINDS in the environment names the kinds to look at, if not all (`drawings` is what is
// measured; `reading`, `course` and `slides` are what these three files check). Prints
// each fault and a line of totals; exits with 1 if there is a fault.
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startBrowser, watch } from './browser.mjs'
import { checks as courseChecks } from './check_course.mjs'
import { checks as readingChecks } from './check_reading.mjs'
import { decksOf, speak, turnPages } from './check_slides.mjs'

const kinds = {
  home: '/index.html',
  walkthrough: '/stage6.html',
  difference: '/difference/step3.html',
  wire: '/wire.html',
  mistakes: '/mistakes/index.html',
  mistake: '/mistakes/fencepost.html',
  quizzes: '/quiz/index.html',
  sheet: '/quiz/sheet3.html',
  api: '/api/index.html',
  header: '/api/net/pool.html',
  source: '/source/stages/stage6/handle_connection.c.html',
  sources: '/source/index.html',
  reference: '/http.html',
  performance: '/performance.html',
  decks: '/decks.html',
  playground: '/playground/index.html',
}

const [folder, work, pictures] = process.argv.slice(2)

const faults = []
// The site is below a folder of the server, as on many hosts.
const server = spawn('python3', ['-u', '-m', 'http.server', '--bind', '127.0.0.1',
  '--directory', dirname(resolve(folder)), '0'], { stdio: ['ignore', 'pipe', 'ignore'] })
const said = await new Promise((done) => server.stdout.once('data', done))
const host = /http:\S+\d/.exec(said)[0]
const origin = `${host}/${basename(resolve(folder))}`
const { browser, seriousFaults } = await startBrowser(work)

const looks = [
  { name: 'wide', width: 1280, height: 900, scale: 1 },
  { name: 'narrow', width: 390, height: 844, scale: 1 },
]
const projector = { name: 'projector', width: 1920, height: 1080, scale: 1 }

async function newPage(address, scheme, look) {
  const page = await browser.newPage()
  await page.setViewport({ width: look.width, height: look.height, deviceScaleFactor: look.scale })
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ])
  watch(page, (url) => url.startsWith(origin) || url.startsWith('data:'),
    (sentence) => faults.push(`${address}: ${sentence}`))
  await page.goto(origin + address, { waitUntil: 'networkidle0', timeout: 60000 })
  return page
}

async function lookAt(kind, address, scheme, look) {
  const page = await newPage(address, scheme, look)
  const where = `${address} (${look.name}, ${scheme})`
  if (look.width < 400) {
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    if (width > look.width) faults.push(`${where}: ${width} pixels wide`)
  }
  for (const fault of await seriousFaults(page)) faults.push(`${where}: ${fault}`)
  if (pictures) {
    await page.screenshot({ path: `${pictures}/${kind}-${look.name}-${scheme}.png` })
  }
  await page.close()
}

// Whatever scales a drawing scales its letters: the smallest, as seen.
function smallestLetters() {
  const inline = [...document.querySelectorAll('.diagram-drawing svg')].map((svg) => {
    const scale = svg.getScreenCTM().a
    const sizes = [...svg.querySelectorAll('text, foreignObject *')]
      .filter((element) => element.textContent.trim() !== '')
      .map((element) => parseFloat(getComputedStyle(element).fontSize) * scale)
    return { name: 'a diagram', size: Math.min(...sizes) }
  })
  const images = [...document.querySelectorAll('.vp-doc img[src$=".svg"]')].map(async (image) => {
    const text = await (await fetch(image.currentSrc)).text()
    const width = /viewBox="\S+ \S+ ([\d.]+)/.exec(text)[1]
    const sizes = [...text.matchAll(/(?:font-size[:=]\s*"?|font:\s*)([\d.]+)/g)]
    const smallest = Math.min(...sizes.map((match) => Number(match[1])))
    return { name: image.getAttribute('src'), size: (smallest * image.clientWidth) / width }
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

// The pages at the site's top that have drawings: the documents.
function drawn() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.html'))
    .filter((name) => /class="diagram"|<img[^>]*\.svg"|language-(c|diff)/.test(
      readFileSync(resolve(folder, name), 'utf8')))
    .map((name) => `/${name}`)
}

// Opens a page as a check wants it: as a file, at the server, or as a file of another
// folder.
async function open(address, how = 'file', prepare = async () => {}) {
  const page = await browser.newPage()
  await page.setViewport({ width: 1280, height: 900 })
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
  page.on('pageerror', (error) => faults.push(`${address}: ${error.message}`))
  await prepare(page)
  const place = how === 'http' ? origin : pathToFileURL(how === 'file' ? resolve(folder) : how)
  await page.goto(place + address)
  return page
}

// How the site is read, and what its scripts do for a reader.
async function run(checks) {
  await browser.defaultBrowserContext()
    .overridePermissions(host, ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write'])
  for (const [name, check] of Object.entries(checks)) {
    const expect = (isTrue, sentence) => isTrue || faults.push(`${name}: ${sentence}`)
    const audit = async (page) => {
      for (const fault of await seriousFaults(page)) faults.push(`${name}: ${fault}`)
    }
    // Each look is the same page on a phone and on a projector, light and dark.
    const look = async (page, what) => {
      for (const { name: size, width, height } of [...looks, projector]) {
        await page.setViewport({ width, height })
        for (const value of ['light', 'dark']) {
          await page.evaluate((isDark) => document.documentElement.classList.toggle('dark', isDark),
            value === 'dark')
          await audit(page)
          if (pictures) await page.screenshot({ path: `${pictures}/${what}-${size}-${value}.png` })
        }
      }
      await page.setViewport({ width: 1280, height: 900 })
      await page.evaluate(() => document.documentElement.classList.remove('dark'))
    }
    const pages = async (page, format) => {
      const pdf = Buffer.from(await page.pdf({ format })).toString('latin1')
      return pdf.match(/\/Type\s*\/Page\b(?!s)/g).length
    }
    await attempt(name, check({ open, expect, look, audit, pages, zip: `${folder}.zip` }))
    looked += 1
  }
}

async function slides() {
  const picture = async (page, name) =>
    pictures && page.screenshot({ path: `${pictures}/${name}.png` })
  const decks = decksOf(folder)
  for (const deck of decks) {
    const say = (sentence) => faults.push(`${deck}: ${sentence}`)
    const helpers = { say, audit: seriousFaults, picture }
    await attempt(deck, turnPages(browser, folder, deck, helpers))
    if (deck === decks[0]) await attempt("The speaker's window", speak(browser, folder, deck, helpers))
    looked += 1
  }
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
for (const address of wanted && !wanted.includes('drawings') ? [] : drawn()) {
  for (const look of [...looks, projector]) {
    await attempt(address, measure(address, look))
    looked += 1
  }
}
if (!wanted || wanted.includes('reading')) await run(readingChecks)
if (!wanted || wanted.includes('course')) await run(courseChecks)
if (!wanted || wanted.includes('slides')) await attempt('slides', slides())
await browser.close()
server.kill()
for (const fault of new Set(faults)) console.log(fault)
console.log(`${looked} looks, ${new Set(faults).size} faults`)
process.exit(faults.length > 0 ? 1 : 0)
