// search.js - finds places on the site by their words, without asking a server: the index
// and the library are scripts that are loaded when the search is first opened. / or
// Ctrl+K opens it, the arrow keys move among what is found, Enter goes there, Esc closes.
{
  const folder = new URL('.', document.currentScript.src)
  const root = new URL('..', folder)
  const MOST = 6 // of each kind
  const AROUND = 80 // letters of an excerpt before its first marked word
  const LONG = 240 // letters of an excerpt

  const dialog = document.createElement('dialog')
  dialog.className = 'search'
  dialog.setAttribute('aria-label', 'Search')
  dialog.innerHTML = `
    <form method="dialog">
      <input type="search" aria-label="Search" autocomplete="off" spellcheck="false"
        placeholder="A word, a function, a header field">
      <button>Close</button>
    </form>
    <p class="search-count" role="status"></p>
    <div class="search-found"></div>`
  const field = dialog.querySelector('input')
  const said = dialog.querySelector('.search-count')
  const found = dialog.querySelector('.search-found')

  // ---- The index ----

  let loading
  let engine
  let places

  function load(name) {
    return new Promise((done, failed) => {
      const script = document.createElement('script')
      script.src = new URL(name, folder)
      script.onload = done
      script.onerror = () => failed(new Error(`${name} is not there`))
      document.head.append(script)
    })
  }

  // A word is letters, digits and underscores: `pool_accepted` is one, and has two more.
  function wordsOf(text) {
    return (text.match(/[\p{L}\p{N}_]+/gu) ?? []).flatMap((word) =>
      /._./.test(word) ? [word, ...word.split('_').filter(Boolean)] : [word],
    )
  }

  async function prepare() {
    await Promise.all([load('minisearch.js'), load('search-index.js')])
    places = globalThis.searchIndex.places
    engine = new globalThis.MiniSearch({
      fields: ['heading', 'page', 'text'],
      tokenize: wordsOf,
      searchOptions: {
        tokenize: (text) => text.match(/[\p{L}\p{N}_]+/gu) ?? [],
        combineWith: 'AND',
        prefix: (term) => term.length > 1,
        fuzzy: (term) => (term.length > 5 ? 1 : 0),
        boost: { heading: 4, page: 2 },
      },
    })
    engine.addAll(places.map(([, , page, heading, text], id) => ({ id, page, heading, text })))
  }

  // ---- What is found ----

  const escaped = (term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

  function marked(text, terms) {
    const fragment = document.createDocumentFragment()
    const pattern = [...terms].sort((a, b) => b.length - a.length).map(escaped).join('|')
    for (const [i, part] of text.split(new RegExp(`(${pattern})`, 'giu')).entries()) {
      if (i % 2 === 0) fragment.append(part)
      else fragment.append(Object.assign(document.createElement('mark'), { textContent: part }))
    }
    return fragment
  }

  // Where a piece of the text has the most of these words, as a whole; -1 if none is there.
  function placeOf(words, text) {
    const any = words.map(escaped).join('|')
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${any})(?![\\p{L}\\p{N}_])`, 'giu')
    const found = [...text.matchAll(pattern)]
    const near = ({ index }) =>
      found.filter((other) => other.index >= index && other.index < index + LONG - AROUND)
    const counts = found.map((one) =>
      new Set(near(one).map(([word]) => word.toLowerCase())).size)
    return found[counts.indexOf(Math.max(...counts))]?.index ?? -1
  }

  // A piece of the text around words as they were asked for; else around close ones.
  function excerpt(text, { queryTerms, terms }) {
    const exact = placeOf(queryTerms, text)
    const first = Math.max(exact >= 0 ? exact : placeOf(terms, text), 0)
    const begin = first <= AROUND ? 0 : text.indexOf(' ', first - AROUND) + 1
    const rest = text.slice(begin)
    const piece = rest.length <= LONG ? rest : `${rest.slice(0, rest.lastIndexOf(' ', LONG))} …`
    return begin > 0 ? `… ${piece}` : piece
  }

  function item(hit) {
    const [, address, page, heading, text] = places[hit.id]
    const link = document.createElement('a')
    link.href = new URL(address, root)
    const title = document.createElement('span')
    title.className = 'search-title'
    title.append(marked(heading === page || !heading ? page : `${page} › ${heading}`, hit.terms))
    const shown = document.createElement('span')
    shown.className = 'search-excerpt'
    shown.append(marked(excerpt(text, hit), hit.terms))
    link.append(title, shown)
    const line = document.createElement('li')
    line.append(link)
    return line
  }

  function show() {
    const wanted = field.value.trim()
    const hits = wanted === '' ? [] : engine.search(wanted)
    found.replaceChildren()
    for (const [kind, name] of globalThis.searchIndex.kinds.entries()) {
      const inside = hits.filter((hit) => places[hit.id][0] === kind)
      if (inside.length === 0) continue
      const heading = document.createElement('h2')
      const more = inside.length - MOST
      heading.textContent = more > 0 ? `${name} (${MOST} of ${inside.length})` : name
      const list = document.createElement('ul')
      list.append(...inside.slice(0, MOST).map(item))
      found.append(heading, list)
    }
    said.textContent =
      wanted === '' ? '' : hits.length === 0 ? `Nothing has “${wanted}”.` : `${hits.length} places`
  }

  // ---- The dialog ----

  async function open() {
    if (dialog.open) return
    dialog.showModal()
    field.select()
    try {
      await (loading ??= prepare())
      show()
    } catch (error) {
      loading = undefined
      said.textContent = `The search does not work here: ${error.message}.`
    }
  }

  field.addEventListener('input', () => engine && show())
  dialog.addEventListener('keydown', (event) => {
    const links = [...found.querySelectorAll('a')]
    const at = links.indexOf(document.activeElement)
    if (event.key === 'Enter' && document.activeElement === field) {
      // The first place; it would close the dialog.
      event.preventDefault()
      links[0]?.click()
    } else if (event.key === 'ArrowDown' && at < links.length - 1) {
      event.preventDefault()
      links[at + 1].focus()
    } else if (event.key === 'ArrowUp' && at >= 0) {
      event.preventDefault()
      ;(at === 0 ? field : links[at - 1]).focus()
    }
  })
  dialog.addEventListener('click', (event) => {
    // Outside of it, or on a link to the page that is open.
    if (event.target === dialog || event.target.closest('a')) dialog.close()
  })
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest('input:not([type="radio"], [type="checkbox"]), textarea, select')
    const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey
    const isControlK = event.key === 'k' && (event.ctrlKey || event.metaKey)
    if ((isSlash && !isTyping) || isControlK) {
      event.preventDefault()
      open()
    }
  })

  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'search-button'
  button.textContent = 'Search'
  button.title = 'Search (key /)'
  button.addEventListener('click', open)
  document.querySelector('.bar-tools').prepend(button)
  document.body.append(dialog)
}
