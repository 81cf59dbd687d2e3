// docs/site/browser.mjs - starts the browser for the checks of the site, of the playground
// and of make live, and for what prints the course.
//
//     const { browser, seriousFaults } = await startBrowser(work)
//
// The node packages are in WORK. The browser is Debian's Chromium, or what CHROMIUM in the
// environment names. If you start it, close it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

export async function startBrowser(work) {
  const require = createRequire(resolve(work, 'package.json'))
  const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
  const browser = await require('puppeteer-core').launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // As root, Chromium has no sandbox; it opens nothing but our own pages.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })

  // What axe-core finds on a page, if it is serious or critical: a sentence for each.
  async function seriousFaults(page) {
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() =>
      // A page that is a file may not load its style sheets a second time.
      globalThis.axe.run(document, { resultTypes: ['violations'], preload: false }),
    )
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, help, nodes }) => {
        const places = nodes.slice(0, 3).map((node) =>
          `\n    ${node.target.join(' ')}: ${node.failureSummary.split('\n')[1] ?? ''}`)
        return `${impact}: ${help} (${id}, ${nodes.length} times)${places.join('')}`
      })
  }

  return { browser, seriousFaults }
}

// Calls say(sentence) if the page asks for something that is not its own, or if one of its
// scripts has an error.
export function watch(page, isOwn, say) {
  page.on('request', (request) => isOwn(request.url()) || say(`asks for ${request.url()}`))
  page.on('pageerror', (error) => say(error.message))
  page.on('console', (message) => message.type() === 'error' && say(message.text()))
}
