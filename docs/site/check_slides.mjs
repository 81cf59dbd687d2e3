// docs/site/check_slides.mjs - what check_pages.mjs checks of the decks of slides.
//
// Opens each deck as a file, at two sizes, and turns its pages. Each slide must fit and
// not be half empty. Of 720 pixels, letters of code must have at least 28, and letters on
// pictures 20. A deck has a picture and asks for no other file, and its PDF has as many
// pages as it has slides. The speaker's window shows notes, and turns the page in both.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const CODE = 28
const PICTURES = 20
const FULL = 0.5
const sizes = [{ width: 1280, height: 720 }, { width: 1920, height: 1080 }]
const keys = ['ArrowRight', ' ', 'n', 'PageDown', 'ArrowDown']

export const decksOf = (folder) =>
  readdirSync(join(folder, 'slides')).filter((name) => name.endsWith('.html'))

// The slide that is shown: sizes of letters are in pixels of a slide that is 720 high.
async function shownSlide() {
  const unit = innerHeight / 720
  const body = document.querySelector('.slide.current .body')
  const scale = body.getBoundingClientRect().height / body.offsetHeight
  const used = [...body.children].reduce((sum, child) => sum + child.offsetHeight, 0)
  const code = [...body.querySelectorAll('pre')]
    .map((pre) => (parseFloat(getComputedStyle(pre).fontSize) * scale) / unit)
  const pictures = [...body.querySelectorAll('img')].map(async (image) => {
    const text = await (await fetch(image.src)).text()
    const [, width, height] = /viewBox="\S+ \S+ ([\d.]+) ([\d.]+)/.exec(text)
    const fonts = [...text.matchAll(/(?:font-size[:=]\s*"?|font:\s*)([\d.]+)/g)]
    const smallest = Math.min(...fonts.map((match) => Number(match[1])))
    const box = image.getBoundingClientRect()
    return (smallest * Math.min(box.width / width, box.height / height)) / unit
  })
  return {
    number: Number(body.parentElement.id),
    fits: body.scrollHeight <= body.clientHeight && body.scrollWidth <= body.clientWidth,
    // A question has the whole slide for itself.
    full: body.parentElement.matches('.question') ? 1 : used / body.clientHeight,
    code,
    pictures: await Promise.all(pictures),
  }
}

async function open(browser, file, size, say) {
  const page = await browser.newPage()
  const address = pathToFileURL(resolve(file)).href
  await page.setViewport(size)
  page.on('pageerror', (error) => say(error.message))
  page.on('request', (request) => {
    const url = request.url()
    if (url !== address && !url.startsWith('data:')) say(`asks for ${url}`)
  })
  await page.goto(address)
  return page
}

// Says each fault of a deck; `audit` gives those of a page that axe-core finds.
export async function turnPages(browser, folder, deck, { say, audit, picture }) {
  const file = join(folder, 'slides', deck)
  for (const size of sizes) {
    const page = await open(browser, file, size, say)
    const count = await page.$$eval('.slide', (slides) => slides.length)
    let pictures = 0
    for (let number = 1; number <= count; number += 1) {
      const slide = await page.evaluate(shownSlide)
      const where = `slide ${number} (${size.width} by ${size.height})`
      if (slide.number !== number) say(`${where} is not shown, but ${slide.number}`)
      if (!slide.fits) say(`${where} does not fit`)
      if (slide.full < FULL) say(`${where} is half empty`)
      for (const letters of slide.code.filter((letters) => !(letters > CODE - 0.05))) {
        say(`${where}: code has letters of ${letters.toFixed(1)} pixels of 720`)
      }
      for (const letters of slide.pictures.filter((letters) => !(letters > PICTURES - 0.05))) {
        say(`${where}: a picture has letters of ${letters.toFixed(1)} pixels of 720`)
      }
      pictures += slide.pictures.length
      await picture(page, `${deck}-${String(number).padStart(2, '0')}-${size.width}`)
      await page.keyboard.press(keys[number % keys.length])
    }
    await page.keyboard.press('p')
    const { number } = await page.evaluate(shownSlide)
    if (number !== count - 1) say(`p leads from slide ${count} to ${number}`)
    if (pictures === 0) say('there is no picture')
    // Without its script, a deck shows all slides, and axe-core sees them.
    await page.evaluate(() => document.documentElement.classList.remove('show'))
    for (const fault of await audit(page)) say(fault)
    await page.close()
    const pdf = readFileSync(file.replace('.html', '.pdf'), 'latin1')
    const printed = pdf.match(/\/Type\s*\/Page\b/g)?.length
    if (printed !== count) say(`${count} slides are ${printed} pages of the PDF`)
  }
}

export async function speak(browser, folder, deck, { say, picture }) {
  const page = await open(browser, join(folder, 'slides', deck), sizes[0], say)
  await page.keyboard.press('s')
  const opened = await browser.waitForTarget((target) => target.url().includes('#speaker'))
  const speaker = await opened.page()
  await speaker.waitForFunction(() => document.querySelector('.notes.current')?.offsetHeight > 0)
  await picture(speaker, 'speaker')
  await speaker.keyboard.press('ArrowRight')
  await page.waitForSelector('.slide.current[id="2"]')
  await page.keyboard.press('ArrowRight')
  await speaker.waitForSelector('.slide.current[id="3"]')
  await speaker.close()
  await page.close()
}
