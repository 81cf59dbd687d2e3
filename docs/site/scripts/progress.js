// progress.js - the steps that a reader has done. The page of a stage has a box to check;
// the menu and the site's first page show what is checked. It is kept in this browser and
// nowhere else. Where the browser keeps nothing, it lasts as long as the page.
{
  const KEY = 'webserve.done'
  const home = new URL('../index.html', document.currentScript.src)
  const stageOf = (link) => /\/stage(\d)\.html$/.exec(link.pathname)?.[1]
  const text = document.querySelector('.vp-doc')
  const menu = [...document.querySelectorAll('#menu li a')].filter(stageOf)
  let done = new Set()

  function load() {
    try {
      done = new Set(JSON.parse(localStorage.getItem(KEY) ?? '[]'))
    } catch {
      // Nothing can be kept here, or what is there is not ours.
    }
  }

  function change(stage, isDone) {
    if (isDone) done.add(stage)
    else done.delete(stage)
    try {
      localStorage.setItem(KEY, JSON.stringify([...done].sort()))
    } catch {
      // Then the page alone knows it.
    }
    show()
  }

  // A mark after the text of a link: seen as a check mark, heard as a word.
  function mark(link) {
    link.querySelector('.done-mark')?.remove()
    if (done.has(stageOf(link))) {
      link.insertAdjacentHTML(
        'beforeend',
        '<span class="done-mark"><span aria-hidden="true"> ✓</span>' +
          '<span class="only-heard"> (done)</span></span>',
      )
    }
  }

  const box = document.createElement('input')
  box.type = 'checkbox'
  const summary = document.createElement('p')
  summary.className = 'steps-done'
  const marked = [...menu]

  function summarize() {
    const open = menu.find((link) => !done.has(stageOf(link)))
    const count = menu.filter((link) => done.has(stageOf(link))).length
    summary.hidden = count === 0
    summary.textContent = `You have done ${count} of ${menu.length} steps. `
    if (open) {
      const next = document.createElement('a')
      next.href = open.href
      next.textContent = open.firstChild.textContent.trim()
      summary.append('Next: ', next, '.')
    }
  }

  function show() {
    box.checked = done.has(stageOf(location))
    marked.forEach(mark)
    summarize()
  }

  if (text && stageOf(location) && menu.some((link) => link.pathname === location.pathname)) {
    const label = document.createElement('label')
    label.className = 'step-done'
    label.append(box, ' I have done this step.')
    box.addEventListener('change', () => change(stageOf(location), box.checked))
    // Its place is above the links to the neighbors, which end the text.
    const last = [...text.querySelectorAll('p')].at(-1)
    last.before(label)
  }
  if (text && location.pathname.replace(/\/$/, '/index.html') === home.pathname) {
    marked.push(...[...text.querySelectorAll('li a')].filter(stageOf))
    text.querySelector('h1').after(summary)
  }

  load()
  show()
  // It may have changed in another tab, or on the page from which the reader comes back.
  addEventListener('storage', () => {
    load()
    show()
  })
  addEventListener('pageshow', (event) => {
    if (event.persisted) {
      load()
      show()
    }
  })
}
