// docs/site/check_course.mjs - what check_pages.mjs checks of the scripts that help a
// reader: copy buttons, the search, folded causes, arrow keys, progress, quiz and sheets.
//
// `checks` has a function for each. It is given `open`, which opens a page of the site as
// a file, or at `server` if the second argument says so, and `expect`, which reports a
// sentence if what should be true is not.

const settle = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))
// The name of the page that is open, once the browser has gone to it.
const arrives = (page, name) =>
  page
    .waitForFunction((end) => location.pathname.endsWith(end) && document.readyState === 'complete',
      { timeout: 10000 }, name)
    .then(() => true, () => false)

async function searchFor(page, words) {
  await page.keyboard.press('/')
  await page.waitForSelector('dialog.search[open]')
  await page.$eval('.search input', (field) => (field.value = ''))
  await page.type('.search input', words)
  await page.waitForFunction(() => document.querySelector('.search-count').textContent !== '',
    { timeout: 20000 })
}

export const checks = {
  async 'copy buttons'({ open, expect }) {
    for (const address of ['/stage1.html', '/stage2.html', '/contributing.html', '/readme.html']) {
      const page = await open(address, 'http')
      const blocks = await page.$$('.vp-doc div[class*="language-"]')
      let pressed = 0
      for (const block of blocks) {
        const { language, text, solution } = await block.evaluate((element) => ({
          language: /language-(\w*)/.exec(element.className)[1],
          text: element.querySelector('code').textContent.trimEnd(),
          solution: element.closest('details')?.querySelector('summary').textContent === 'Solution',
        }))
        const lines = text.split('\n').filter((line) => line.startsWith('$ '))
        const typed = {
          console: lines.map((line) => line.slice(2)).join('\n'),
          c: solution ? text : '',
          sh: text,
          markdown: text,
        }[language] ?? ''
        const button = await block.$('.copy-button')
        expect((button !== null) === (typed !== ''),
          `${address}: ${button ? 'a' : 'no'} button for ${text.slice(0, 40)}`)
        if (button && typed) {
          await button.evaluate((element) => element.click())
          await block.waitForSelector('.copy-button[aria-label^="Copied"]', { timeout: 5000 })
          const copied = await page.evaluate(() => navigator.clipboard.readText())
          expect(copied === typed, `${address}: copied ${copied} instead of ${typed}`)
          pressed += 1
        }
      }
      expect(pressed > 2, `${address}: only ${pressed} copy buttons`)
      expect((await page.$('button.copy')) === null, `${address}: has VitePress' own button`)
      await page.close()
    }
    // Where there is no clipboard, the same text is copied.
    const page = await open('/stage2.html')
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))
      document.addEventListener('copy', () => (globalThis.copied = getSelection().toString() ||
        document.activeElement.value))
    })
    await page.click('.copy-button')
    await page.waitForSelector('.copy-button[aria-label^="Copied"]')
    expect((await page.evaluate(() => globalThis.copied)) === 'make start STAGE=2 DIR=../step2',
      'without a clipboard, nothing is copied')
    await page.close()
  },

  async search({ open, expect, look }) {
    const page = await open('/stage3.html')
    await searchFor(page, 'recv')
    const kinds = await page.$$eval('.search h2', (all) => all.map((h) => h.textContent.replace(/ \(.*/, '')))
    const order = ['Walkthrough', 'Documents', 'API', 'Mistakes', 'Source']
    expect(['Walkthrough', 'Mistakes', 'Source'].every((kind) => kinds.includes(kind)),
      `the search for recv finds only ${kinds}`)
    expect(kinds.join() === order.filter((kind) => kinds.includes(kind)).join(),
      `the search shows ${kinds}, in this order`)
    const unmarked = await page.$$eval('.search li', (all) =>
      all.filter((item) => !/recv/i.test(item.querySelector('mark')?.textContent)).length)
    expect(unmarked === 0, `${unmarked} results have no mark on recv`)
    await look(page, 'search')
    // The keyboard leads into the results and back; a slash in the field is a slash.
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate(() =>
      document.activeElement === document.querySelectorAll('.search li a')[1]), 'ArrowDown does not lead to the second result')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.type('/')
    expect((await page.$eval('.search input', (field) => field.value)).endsWith('/'),
      'the field takes no slash')
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog.search:not([open])', { hidden: true })
    // Letters that are wrong, a name of C, and nothing.
    await searchFor(page, 'handle_conection')
    expect((await page.$$('.search li')).length > 0, 'a letter too few, and nothing is found')
    await page.keyboard.press('Escape')
    await searchFor(page, 'qqqxyzzy')
    expect(/^Nothing has/.test(await page.$eval('.search-count', (p) => p.textContent)),
      'nobody says that nothing is found')
    await page.keyboard.press('Escape')
    // Enter goes to the first result, and its heading is at the top of the window.
    await searchFor(page, 'one recv is not one request')
    await page.keyboard.press('Enter')
    expect(await arrives(page, '/stage1.html'), 'Enter does not lead to the first result')
    await settle(200)
    const top = await page.evaluate(() =>
      document.querySelector(location.hash || 'h1').getBoundingClientRect().top)
    expect(top > 0 && top < 160, `the heading that was found is at ${top}`)
    await page.close()
    const other = await open('/api/net/pool.html', 'http')
    await searchFor(other, 'claim_thread')
    await other.$$eval('.search h2', (all) =>
      all.find((h) => h.textContent.startsWith('Source')).nextElementSibling.querySelector('a').click())
    expect(await arrives(other, '/source/common/net/pool.c.html'), 'a function is not found')
    const hash = await other.evaluate(() => location.hash)
    expect(hash === '#claim_thread', `claim_thread is found at ${hash}`)
    await other.close()
  },

  async 'folded causes'({ open, expect }) {
    const page = await open('/mistakes/fencepost.html')
    const shown = () => page.$eval('.language-diff', (block) => block.checkVisibility())
    const headings = await page.$$eval('.vp-doc h2', (all) => all.map((h) => h.id))
    expect(headings.join() === 'what-you-see,your-guess,the-cause,how-the-tests-catch-it',
      `a mistake's page has ${headings}`)
    expect(!(await shown()), 'the cause is not folded')
    await page.$$eval('summary', (all) => all.at(-1).click())
    expect(await shown(), 'the cause does not unfold')
    await page.close()
  },

  async 'excerpts lead to their functions'({ open, expect }) {
    const page = await open('/stage1.html')
    await page.$$eval('.excerpt-origin a', (all) =>
      all.find((link) => link.textContent === 'listen_on').click())
    expect(await arrives(page, '/source/stages/stage1/webserve.c.html'), 'an excerpt leads nowhere')
    await settle(200)
    // It begins with the comment above the function.
    const { top, text } = await page.evaluate(() => {
      const line = document.querySelector(location.hash)
      const lines = [...line.parentElement.children]
      const first = lines.indexOf(line)
      return {
        top: line.getBoundingClientRect().top,
        text: lines.slice(first, first + 4).map((one) => one.textContent).join('\n'),
      }
    })
    expect(top > 0 && top < 160, `listen_on is at ${top}`)
    expect((await page.$('.highlighted')) === null, 'a line of the source is highlighted')
    expect(/^\/\*[^]*\blisten_on\(/.test(text), `the link to listen_on leads to ${text}`)
    await page.close()
  },

  async 'arrow keys'({ open, expect }) {
    const page = await open('/stage2.html')
    await page.keyboard.press('ArrowRight')
    expect(await arrives(page, '/stage3.html'), 'the right arrow does not lead to stage 3')
    await page.keyboard.press('ArrowLeft')
    expect(await arrives(page, '/stage2.html'), 'the left arrow does not lead back')
    const stays = async (what) => {
      await settle(400)
      expect(page.url().endsWith('/stage2.html'), `the right arrow turns the page ${what}`)
    }
    for (const key of ['Control', 'Shift']) {
      await page.keyboard.down(key)
      await page.keyboard.press('ArrowRight')
      await page.keyboard.up(key)
      await stays(`with ${key}`)
    }
    await searchFor(page, 'recv')
    await page.keyboard.press('ArrowRight')
    await stays('while someone types')
    await page.keyboard.press('Escape')
    await page.setViewport({ width: 390, height: 844 })
    await page.$$eval('.vp-doc pre', (all) => all.find((pre) => pre.scrollWidth > pre.clientWidth + 40).focus())
    await page.keyboard.press('ArrowRight')
    await stays('in code that can be scrolled')
    await page.close()
  },

  async progress({ open, expect, look }) {
    const page = await open('/stage2.html')
    const marks = (where) => page.$$eval(`${where} .done-mark`, (all) =>
      all.map((mark) => mark.parentElement.getAttribute('href')))
    await page.click('.step-done input')
    expect(/^[./]*stage2\.html$/.test(await marks('#menu')), `the menu marks ${await marks('#menu')}`)
    await page.reload()
    expect(await page.$eval('.step-done input', (box) => box.checked), 'the step is forgotten')
    await page.$eval('.step-done', (box) => box.scrollIntoView({ block: 'center' }))
    await look(page, 'progress')
    await page.goto(page.url().replace('stage2', 'index'))
    const said = await page.$eval('.steps-done', (line) => line.textContent)
    expect(/^You have done 1 of 6 steps\. Next: Stage 1/.test(said), `the first page says: ${said}`)
    expect((await marks('.vp-doc')).length === 1, 'the first page has no mark')
    await look(page, 'progress-home')
    await page.goto(page.url().replace('index', 'stage2'))
    await page.click('.step-done input')
    expect((await marks('#menu')).length === 0, 'the step cannot be undone')
    await page.goto(page.url().replace('stage2', 'index'))
    expect(await page.$eval('.steps-done', (line) => line.hidden), 'no step, and it is counted')
    await page.close()
    const closed = await open('/stage2.html', 'file', (fresh) =>
      fresh.evaluateOnNewDocument(() => {
        Storage.prototype.setItem = () => {
          throw new DOMException('nothing is kept', 'QuotaExceededError')
        }
      }))
    await closed.click('.step-done input')
    expect(await closed.$('#menu .done-mark'), 'without storage, the box does nothing')
    await closed.close()
  },

  async quiz({ open, expect, look, audit }) {
    const page = await open('/quiz/stage1.html#one-recv')
    const visible = () => page.$$eval('.question', (all) => all.filter((q) => q.checkVisibility()).map((q) => q.id))
    expect((await visible()).join() === 'one-recv', `one question should be seen: ${await visible()}`)
    await look(page, 'quiz')
    // By keyboard alone: the first choice, another one, Enter.
    const right = await page.$eval('#one-recv', (q) => Number(q.dataset.right))
    await page.focus('#one-recv h2')
    for (let i = 0; i < 12 && !(await page.evaluate(() => document.activeElement.matches('.question input'))); i++) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Space')
    for (let i = 0; i < (right + 1) % 4; i++) await page.keyboard.press('ArrowDown')
    expect(page.url().endsWith('#one-recv'), 'an arrow key in a choice turns the question')
    await page.keyboard.press('Enter')
    const verdict = () => page.$eval('.question:not([hidden]) .verdict', (p) => p.textContent)
    expect(/^Not this time/.test(await verdict()), `a wrong guess: ${await verdict()}`)
    expect(await page.$eval('#one-recv .cause', (details) => details.open), 'the cause stays folded')
    expect(await page.evaluate(() => document.activeElement.matches('#one-recv form button')),
      'a guess loses the focus')
    const other = await page.$eval('#one-recv .verdict a', (link) => link.getAttribute('href'))
    expect(/^\.\.\/mistakes\/[\w-]+\.html$/.test(other), `the guess leads to ${other}`)
    await look(page, 'quiz-wrong')
    await audit(page)
    // The next question, guessed right; both are counted for the visit.
    await page.click('.question:not([hidden]) form button')
    const [second] = await visible()
    expect(second !== 'one-recv', 'there is no next question')
    expect(await page.evaluate(() => document.activeElement.tagName === 'H2'), 'the question has no focus')
    await page.$eval(`#${second}`, (q) => q.querySelectorAll('input')[q.dataset.right].click())
    await page.click(`#${second} form button`)
    expect((await verdict()) === 'Right.', `a right guess: ${await verdict()}`)
    await page.reload()
    const score = await page.$eval('.quiz-bar', (bar) => bar.textContent)
    expect(score.includes('1 of 2 right'), `the score: ${score}`)
    // The cause first is no guess.
    await page.keyboard.press('ArrowRight')
    const [third] = await visible()
    await page.click(`#${third} .cause > summary`)
    expect((await page.$eval('.quiz-bar', (bar) => bar.textContent)).includes('1 of 3 right'), 'a look counts as a right guess')
    await page.close()
    // Each has one right choice among four, and the cause says the same.
    for (const stage of [1, 2, 3, 4, 5, 6]) {
      const all = await open(`/quiz/stage${stage}.html`)
      const wrong = await all.$$eval('.question', (questions) =>
        questions
          .filter((q) => {
            const texts = [...q.querySelectorAll('label span')].map((span) => span.textContent.trim())
            const cause = q.querySelector('.cause strong').textContent.replace(/\.$/, '')
            return new Set(texts).size !== 4 || texts[q.dataset.right] !== cause
          })
          .map((q) => q.id))
      expect(wrong.length === 0, `stage ${stage}: no four choices, or not the right one: ${wrong}`)
      // No symptom says all that another one says, and more.
      const symptoms = await all.$$eval('.question > h2 + p', (texts) => texts.map((p) => p.textContent))
      const same = symptoms.filter((text) => symptoms.some((other) =>
        other !== text && text.startsWith(other.replace(/\.$/, ''))))
      expect(new Set(symptoms).size === symptoms.length && same.length === 0,
        `stage ${stage}: two symptoms are alike: ${same}`)
      // What is wrong on the page is not explained by the status line.
      const lost = await all.$$eval('#post-hides-the-query label', (labels) =>
        labels.map((label) => label.textContent).join())
      expect(!/status line/.test(lost), `the choices for a lost query: ${lost}`)
      await all.close()
    }
    // Without a script: the symptoms are there, and the causes are folded.
    const plain = await open('/quiz/stage2.html', 'file', (fresh) => fresh.setJavaScriptEnabled(false))
    const text = await plain.$$('.question')
    expect(text.length > 5, 'without a script there are no questions')
    for (const question of text) {
      expect(await question.isVisible(), 'without a script a question is not seen')
    }
    expect((await plain.$$('.question .cause[open]')).length === 0, 'without a script a cause is unfolded')
    await plain.close()
  },

  async sheets({ open, expect, pages }) {
    for (const stage of [1, 2, 3, 4, 5, 6]) {
      const page = await open(`/quiz/sheet${stage}.html`)
      for (const format of ['A4', 'Letter']) {
        const count = await pages(page, format)
        expect(count === 2, `the sheet of stage ${stage} has ${count} pages (${format})`)
      }
      const items = await page.$$eval('.sheet-page', (both) => both.map((p) => p.querySelectorAll('li').length))
      expect(items[0] === items[1] && items[0] >= 6, `the sheet of stage ${stage} has ${items} items`)
      await page.close()
    }
  },
}
