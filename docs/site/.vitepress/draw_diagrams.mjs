// .vitepress/draw_diagrams.mjs WORK - draws the Mermaid diagrams of the pages.
//
// Finds the fenced blocks of Mermaid in WORK/pages, and leaves a picture of each in
// WORK/diagrams, named by its text and by this file: what is there is not drawn again.
// The colors of a picture are variables of the site's style, so that one picture does
// for light, dark and print. Each line of text keeps the width that it was drawn with,
// whatever font the reader has, so no label is cut. Prints nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import puppeteer from 'puppeteer-core'
import { pictureOf } from './diagram.mjs'

// The colors that Mermaid is given, and the variables that take their place.
const colors = {
  '#ffffff': '--vp-c-bg',
  '#1b1d22': '--vp-c-text-1',
  '#454b57': '--vp-c-text-2',
  '#e3e7ee': '--diagram-box',
  '#f4f5f8': '--diagram-group',
  '#ffe9b8': '--diagram-note',
}
const [paper, ink, line, box, group, note] = Object.keys(colors)
const settings = {
  startOnLoad: false,
  securityLevel: 'strict',
  htmlLabels: false,
  fontFamily: "system-ui, 'DejaVu Sans', sans-serif",
  theme: 'base',
  themeVariables: {
    background: paper, textColor: ink, lineColor: line, titleColor: ink,
    primaryColor: box, primaryTextColor: ink, primaryBorderColor: line,
    secondaryColor: group, secondaryTextColor: ink, secondaryBorderColor: line,
    tertiaryColor: group, tertiaryTextColor: ink, tertiaryBorderColor: line,
    clusterBkg: group, clusterBorder: line, edgeLabelBackground: paper,
    actorBkg: box, actorBorder: line, actorTextColor: ink, actorLineColor: line,
    signalColor: line, signalTextColor: ink,
    noteBkgColor: note, noteBorderColor: line, noteTextColor: ink,
  },
}

const [work] = process.argv.slice(2)
const folder = join(work, 'diagrams')
mkdirSync(folder, { recursive: true })
const wanted = new Map()
for (const name of readdirSync(join(work, 'pages'), { recursive: true })) {
  if (!name.endsWith('.md') || name.startsWith('source/')) continue
  const text = readFileSync(join(work, 'pages', name), 'utf8')
  for (const [, source] of text.matchAll(/^```mermaid\n([^]*?)^```$/gm)) {
    const file = join(folder, pictureOf(source))
    if (!existsSync(file)) wanted.set(file, source)
  }
}
if (wanted.size > 0) await draw()

async function draw() {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // As root, Chromium has no sandbox; it opens nothing but these diagrams.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  const page = await browser.newPage()
  const require = createRequire(resolve(work, 'package.json'))
  await page.addScriptTag({ path: require.resolve('mermaid/dist/mermaid.min.js') })
  await page.evaluate((given) => globalThis.mermaid.initialize(given), settings)
  for (const [file, source] of wanted) {
    const id = `d${/(\w+)\.svg$/.exec(file)[1]}`
    writeFileSync(file, inColors(await page.evaluate(picture, id, source)))
  }
  await browser.close()
}

// In the browser: the SVG, with the width of each piece of text. Letters have 14 pixels
// at least where the drawing has its own width: however narrow the page, they stay at 12
// or more, and the drawing can be scrolled.
async function picture(id, source) {
  const { svg } = await globalThis.mermaid.render(id, source)
  document.body.innerHTML = svg
  const drawing = document.querySelector('svg')
  for (const text of drawing.querySelectorAll('text')) {
    const rows = text.querySelectorAll('tspan.row, tspan.text-outer-tspan')
    const lines = rows.length > 0 ? rows : [text]
    for (const one of lines) {
      if (one.textContent.trim() === '') continue
      one.setAttribute('textLength', one.getComputedTextLength().toFixed(1))
      one.setAttribute('lengthAdjust', 'spacingAndGlyphs')
    }
  }
  const width = drawing.viewBox.baseVal.width
  drawing.style.minWidth = `${Math.ceil((width * 12) / 14)}px`
  drawing.removeAttribute('aria-roledescription')
  drawing.removeAttribute('role')
  return drawing.outerHTML
}

function inColors(svg) {
  let text = svg
  for (const [color, variable] of Object.entries(colors)) {
    text = text.replaceAll(new RegExp(color, 'gi'), `var(${variable})`)
  }
  return text
}
