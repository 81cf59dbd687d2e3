// docs/site/check_reading.mjs - what check_pages.mjs checks of reading the site: as files,
// out of its zip, without scripts, by a link to a heading, on a narrow screen, on paper.
//
// Each check is given `open`, which opens a page as a file or below a folder of a server,
// `expect`, which takes what must be true and the sentence to say if it is not, and
// `zip`, the file that has the whole site.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const walkthrough = ['prologue', 1, 2, 3, 4, 5, 6, 'epilogue']
  .map((name) => `/${typeof name === 'number' ? `stage${name}` : name}.html`)

// Clicks through the course, and looks whether each page has its style and its pictures.
async function turnPages(page, expect) {
  for (const address of ['/index.html', ...walkthrough]) {
    expect(page.url().endsWith(address), `${page.url()} is not ${address}`)
    const state = await page.evaluate(() => ({
      hasStyle: getComputedStyle(document.querySelector('.bar')).position === 'sticky',
      missing: [...document.images].filter((image) => image.naturalWidth === 0).length,
      hasScript: document.querySelector('.bar-tools button') !== null,
    }))
    expect(state.hasStyle, `${address} has no style`)
    expect(state.missing === 0, `${address} lacks ${state.missing} pictures`)
    expect(state.hasScript, `${address} has no script`)
    if (address !== walkthrough.at(-1)) {
      await Promise.all([page.waitForNavigation(), page.click('a[rel=next]')])
    }
  }
}

export const checks = {
  async 'the site below a folder'({ open, expect }) {
    const page = await open('/index.html', 'http')
    await turnPages(page, expect)
    await page.close()
  },

  async 'the site out of its zip, as files'({ open, expect, zip }) {
    const place = mkdtempSync(join(tmpdir(), 'site '))
    execFileSync('python3', ['-m', 'zipfile', '-e', zip, place])
    const page = await open('/index.html', join(place, 'site'))
    await turnPages(page, expect)
    await page.close()
    rmSync(place, { recursive: true })
  },

  async 'a page without scripts'({ open, expect }) {
    const page = await open('/stage4.html', 'file', async (blank) => {
      await blank.setJavaScriptEnabled(false)
      await blank.setViewport({ width: 390, height: 844 })
    })
    expect(await page.$('.diagram-drawing svg text') !== null, 'the diagram is missing')
    const isShown = () => page.$eval('#menu', (menu) => menu.checkVisibility())
    expect(!(await isShown()), 'the menu covers a narrow page')
    await page.click('.bar-menu')
    expect(await isShown(), 'the menu does not open')
    await Promise.all([page.waitForNavigation(), page.click('#menu a[href="./stage5.html"]')])
    expect(page.url().endsWith('/stage5.html'), 'the menu leads nowhere')
    await page.close()
  },

  // At the top, or as high as the page can be scrolled; and nothing moves it later.
  async 'a link to a heading'({ open, expect }) {
    for (const address of [...walkthrough, '/index.html', '/http.html', '/performance.html']) {
      const plain = await open(address)
      const ids = await plain.$$eval('.vp-doc :is(h2, h3)[id]', (all) => all.map(({ id }) => id))
      await plain.close()
      for (const id of new Set([ids.at(-1), ids.at(-4), ids.at(1)])) {
        if (id === undefined) continue
        const page = await open(`${address}#${id}`, 'http')
        const place = await page.evaluate(async (name) => {
          const top = () => document.getElementById(name).getBoundingClientRect().top
          const root = document.documentElement
          const first = top()
          await new Promise((done) => setTimeout(done, 300))
          return {
            first,
            last: top(),
            isAtEnd: root.scrollTop + root.clientHeight >= root.scrollHeight - 2,
            high: root.clientHeight,
          }
        }, id)
        const isAtTop = place.last >= 0 && place.last < 120
        expect(isAtTop || (place.isAtEnd && place.last < place.high),
          `${address}#${id} is ${Math.round(place.last)} pixels from the top`)
        expect(Math.abs(place.first - place.last) < 2, `${address}#${id} is moved later`)
        await page.close()
      }
    }
  },

  async 'a line of code that goes on'({ open, expect }) {
    const page = await open('/difference/step3.html')
    await page.setViewport({ width: 390, height: 844 })
    const state = () => page.$eval('.language-diff pre', (pre) => [...pre.classList].join(' '))
    await page.waitForSelector('.language-diff pre.goes-on')
    await page.focus('.language-diff pre')
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight')
    await page.waitForSelector('.language-diff pre.goes-back', { timeout: 5000 }).catch(() => {
      expect(false, 'the arrow keys do not scroll the code')
    })
    await page.$eval('.language-diff pre', (pre) => pre.scrollTo(pre.scrollWidth, 0))
    await page.waitForSelector('.language-diff pre:not(.goes-on)')
    expect((await state()).includes('goes-back'), 'nothing shows that the line began earlier')
    expect(page.url().endsWith('step3.html'), 'the arrow keys turned the page')
    await page.close()
  },

  async 'a label of a diagram'({ open, expect }) {
    for (const address of walkthrough) {
      const page = await open(address)
      const cut = await page.$$eval('.diagram-drawing svg', (drawings) => drawings.flatMap((svg) =>
        [...svg.querySelectorAll('text')].filter((text) => {
          const shape = text.closest('.node')?.querySelector('rect, polygon, path') ?? svg
          const [inner, outer] = [text, shape].map((part) => part.getBoundingClientRect())
          return inner.width > 0 && (inner.left < outer.left - 1 || inner.right > outer.right + 1 ||
            inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1)
        }).map((text) => text.textContent)))
      for (const label of cut) expect(false, `${address}: "${label}" is larger than its box`)
      expect(await page.$('.diagram-drawing [role=img][aria-label]') !== null,
        `${address}: the diagram has no name`)
      await page.close()
    }
  },

  async 'light and dark'({ open, expect }) {
    const page = await open('/index.html', 'http')
    const isDark = () => page.$eval('html', (html) => html.classList.contains('dark'))
    const before = await isDark()
    await page.click('.bar-tools [aria-label="Light or dark"]')
    expect(await isDark() !== before, 'the button does nothing')
    await page.reload()
    expect(await isDark() !== before, 'the browser does not keep the choice')
    await page.evaluate(() => localStorage.clear())
    await page.close()
  },

  async 'a page on paper'({ open, expect }) {
    for (const address of [...walkthrough, '/mistakes/fencepost.html', '/index.html']) {
      const page = await open(address)
      await page.evaluate(() => {
        addEventListener('beforeprint', () => {
          globalThis.folded = document.querySelectorAll('.vp-doc details:not([open])').length
        })
      })
      await page.pdf({ format: 'a4' })
      expect(await page.evaluate(() => globalThis.folded) === 0, `${address}: an answer is folded`)
      // As wide and high as the text of a page of A4.
      await page.setViewport({ width: 672, height: 986 })
      await page.emulateMediaType('print')
      const found = await page.evaluate(() => ({
        menus: [...document.querySelectorAll('.bar, #menu, .turn, .outline, button')]
          .filter((part) => part.checkVisibility()).map((part) => part.className || part.id),
        wide: [...document.querySelectorAll('.vp-doc :is(pre, table, svg, img)')]
          .filter((part) => part.checkVisibility() &&
            (part.scrollWidth > part.clientWidth + 1 && part.matches('pre, table') ||
              part.getBoundingClientRect().right > innerWidth + 1))
          .map((part) => part.closest('[class]').className),
        high: [...document.querySelectorAll('.vp-doc :is(svg, img)')]
          .filter((part) => part.getBoundingClientRect().height > innerHeight).length,
      }))
      expect(found.menus.length === 0, `${address}: prints ${found.menus.join(', ')}`)
      expect(found.wide.length === 0, `${address}: is cut: ${found.wide.join(', ')}`)
      expect(found.high === 0, `${address}: ${found.high} pictures are higher than a page`)
      await page.close()
      const without = await open(`${address}?answers=no`)
      expect(await without.$$eval('.vp-doc details', (all) => all.every((one) => !one.checkVisibility())),
        `${address}?answers=no shows answers`)
      await without.close()
    }
  },
}
