// docs/site/print_course.mjs FOLDER WORK - prints the course as FOLDER/course.pdf.
//
// Takes the text of the built pages in FOLDER: prologue, stages and epilogue, and the
// mistakes as an appendix, in the order of the menu and of the list of mistakes. Puts
// them together under a title and a table of contents, and prints that with Chromium.
// Prints twice: pdfinfo says on which page each place is, and the table gets the number.
// Links within the course work; those to other pages of the site become plain text. The
// node packages are in WORK. Prints how many pages there are.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startBrowser } from './browser.mjs'

const [folder, work] = process.argv.slice(2)
const read = (name) => ({ name, html: readFileSync(join(folder, name), 'utf8') })

const menus = JSON.parse(readFileSync(join(work, 'pages/menus.json'), 'utf8'))
const [walkthrough] = menus['/']
const chapters = walkthrough.items
  .filter((item) => item.link !== '/')
  .map((item) => read(`${item.link.slice(1)}.html`))
const list = readFileSync(join(work, 'pages/mistakes/index.md'), 'utf8')
const groups = [...list.matchAll(/^### (.*) \{#.*\n\n((?:\|.*\n)+)/gm)].map(([, title, rows]) => ({
  title,
  pages: [...rows.matchAll(/\]\(\/(mistakes\/[\w-]+)\)/g)].map((match) => read(`${match[1]}.html`)),
}))

const { browser } = await startBrowser(work)
const page = await browser.newPage()
await page.goto(pathToFileURL(resolve(folder, 'index.html')).href)
if (chapters.length === 0 || groups.length === 0) throw new Error('There are no pages to print.')
await page.evaluate(putTogether, chapters, groups)
await page.waitForNetworkIdle()

const file = join(folder, 'course.pdf')
const print = () => page.pdf({
  path: file, preferCSSPageSize: true, printBackground: true, outline: true, tagged: true,
  timeout: 120000,
})
await print()
// A line of it: `  12 [ XYZ   42  711 null      ] "stage1.html"`
const places = {}
const found = execFileSync('pdfinfo', ['-dests', file], { encoding: 'utf8', maxBuffer: 1e8 })
for (const [, number, name] of found.matchAll(/^ *(\d+) \[.*\] "(.*)"$/gm)) {
  places[decodeURIComponent(name)] = number
}
const missing = await page.evaluate((numbers) => {
  const entries = [...document.querySelectorAll('.contents a')]
  for (const entry of entries) {
    entry.dataset.page = numbers[decodeURIComponent(entry.hash.slice(1))] ?? ''
  }
  return entries.filter((entry) => entry.dataset.page === '').map((entry) => entry.hash)
}, places)
await print()
await browser.close()
if (missing.length > 0) {
  console.error(`course.pdf: no page is known for ${missing.join(', ')}`)
  process.exit(1)
}
const pages = /^Pages: +(\d+)/m.exec(execFileSync('pdfinfo', [file], { encoding: 'utf8' }))[1]
console.log(`course.pdf has ${pages} pages.`)

// In the browser, on the home page: replaces the text by that of the whole course.
function putTogether(chapters, groups) {
  const home = document.querySelector('.vp-doc')
  const names = new Set([...chapters, ...groups.flatMap(({ pages }) => pages)].map(({ name }) => name))

  // The text of a page, with places named after the page: `stage1.html--the-idea`.
  function textOf({ name, html }) {
    const text = new DOMParser().parseFromString(html, 'text/html').querySelector('.vp-doc')
    const base = new URL(name, location.href)
    for (const unwanted of text.querySelectorAll('button, input, textarea, .screen-only')) {
      unwanted.remove()
    }
    for (const place of text.querySelectorAll('[id]')) {
      if (!place.closest('svg')) place.id = `${name}--${place.id}`
    }
    // Paragraphs that only lead to other pages.
    for (const line of text.querySelectorAll('p:has(a)')) {
      const rest = line.cloneNode(true)
      for (const link of rest.querySelectorAll('a')) link.remove()
      if (/^(previous:|next:|[\s·.])*$/.test(rest.textContent)) line.remove()
    }
    for (const link of text.querySelectorAll('a[href]')) {
      const target = new URL(link.getAttribute('href'), base)
      const page = decodeURI(target.href.slice(new URL('.', location.href).href.length).split('#')[0])
      if (target.protocol === 'file:' && names.has(page)) {
        link.setAttribute('href', `#${page}${target.hash.replace('#', '--')}`)
      } else if (target.protocol === 'file:') {
        link.replaceWith(...link.childNodes)
      }
    }
    for (const image of text.querySelectorAll('img')) {
      image.src = new URL(image.getAttribute('src'), base).href
    }
    for (const answer of text.querySelectorAll('details')) answer.open = true
    const section = document.createElement('section')
    section.id = name
    section.append(...text.querySelector('div')?.childNodes ?? text.childNodes)
    return section
  }

  // A mistake, one of many: lower headings, nothing folded, and no invitation to guess,
  // as the answer is right below.
  function mistakeOf(page) {
    const section = textOf(page)
    section.className = 'mistake'
    const guess = section.querySelector('[id$="--your-guess"]')
    guess?.nextElementSibling.remove()
    guess?.replaceChildren('A hint')
    for (const heading of section.querySelectorAll('h1, h2')) {
      const lower = document.createElement(heading.tagName === 'H1' ? 'h3' : 'h4')
      lower.append(...heading.childNodes)
      heading.replaceWith(lower)
    }
    for (const answer of section.querySelectorAll('details')) {
      answer.querySelector('summary').remove()
      answer.replaceWith(...answer.childNodes)
    }
    return section
  }

  function entry(place, heading, className) {
    const item = document.createElement('a')
    item.href = `#${place}`
    item.className = className
    const shown = document.createElement('span')
    shown.append(...heading.cloneNode(true).childNodes)
    shown.querySelector('.header-anchor')?.remove()
    item.append(shown)
    return item
  }

  const title = document.createElement('section')
  title.className = 'title-page'
  title.append(...home.querySelectorAll('h1, p:has(+ picture), p:has(+ p > picture), picture'))
  const contents = document.createElement('section')
  contents.className = 'contents'
  contents.innerHTML = '<h1>Contents</h1>'
  const course = [title, contents]
  for (const chapter of chapters) {
    const section = textOf(chapter)
    section.className = 'chapter'
    course.push(section)
    contents.append(entry(section.id, section.querySelector('h1'), 'of-chapter'))
    for (const heading of section.querySelectorAll('h2')) {
      contents.append(entry(heading.id, heading, 'of-section'))
    }
  }
  const appendix = document.createElement('section')
  appendix.id = 'appendix'
  appendix.className = 'chapter appendix'
  appendix.innerHTML = '<h1>Appendix: mistakes</h1>'
  contents.append(entry('appendix', appendix.querySelector('h1'), 'of-chapter'))
  for (const { title, pages } of groups) {
    const heading = document.createElement('h2')
    heading.id = title
    heading.textContent = title
    appendix.append(heading)
    contents.append(entry(title, heading, 'of-section'))
    appendix.append(...pages.map(mistakeOf))
  }
  course.push(appendix)
  document.documentElement.classList.remove('dark')
  document.documentElement.classList.add('course')
  document.title = title.querySelector('h1').textContent
  home.replaceChildren(...course)
}
