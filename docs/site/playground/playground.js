// playground.js - the page: what is typed and cut becomes a run of the server, and its
// story becomes something to look at.
'use strict'
{
  const $ = (id) => document.getElementById(id)
  const LF = 10
  const LONGEST = 4000 // bytes, each of which is an element of the page
  const TAB_STOPS = 12 // of more cuts, the Tab key finds one

  const STAGES = {
    1: 'Stage 1: the loop makes the page itself, and shows the URL and the query.',
    2: 'Stage 2: the loop calls delegate, which returns constant data.',
    3: 'Stage 3: as stage 2, and handle_connection handles the client.',
    4: 'Stage 4: as stage 3, and serve accepts it.',
    5: 'Stage 5: delegate shows the URL and the query.',
    6: 'Stage 6: delegate shows POST data, too.',
  }

  // What is typed and chosen, and what came of it.
  const state = {
    stage: 6,
    octets: new Uint8Array(0),
    cuts: [],
    ending: 'waits',
    chosen: null, // the cut that Remove removes: its offset
    step: 1, // of the story
    story: null, // what came of it
  }
  const modules = {}
  const { readable, readRequest, writeRequest, writePrintf, readAddress, writeAddress } = playground

  // ---- The address ----------------------------------------------------------

  function writeFragment() {
    const isEach = state.cuts.length > 1 && state.cuts.length === state.octets.length - 1
    const cuts = state.cuts.length > 0 ? `&cuts=${isEach ? 'each' : state.cuts}` : ''
    const ending = state.ending === 'waits' ? '' : `&then=${state.ending.replace(' ', '+')}`
    return `#stage=${state.stage}${cuts}${ending}&request=${writeAddress(state.octets)}`
  }

  // The address has what the page shows, so that a reload and a bookmark do, too.
  function keepAddress() {
    try {
      history.replaceState(null, '', writeFragment())
    } catch {
      // the address stays as it was
    }
  }

  function readFragment() {
    const pairs = location.hash.slice(1).split('&').map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    })
    const values = Object.fromEntries(pairs)
    if (values.request === undefined) return false
    state.stage = Object.hasOwn(STAGES, values.stage) ? Number(values.stage) : 6
    state.octets = readAddress(values.request).slice(0, LONGEST)
    const then = values.then?.replace('+', ' ')
    state.ending = playground.endings.includes(then) ? then : 'waits'
    setCuts(values.cuts === 'each' ? beforeEachByte() : (values.cuts ?? '').split(',').map(Number))
    return true
  }

  // ---- Elements -------------------------------------------------------------

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag)
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
    made.append(...children)
    return made
  }

  function table(caption, heads, rows) {
    return element('table', {}, element('caption', {}, caption),
      element('thead', {}, element('tr', {},
        ...heads.map((head) => element('th', { scope: 'col' }, head)))),
      element('tbody', {}, ...rows.map((row) =>
        element('tr', {}, ...row.map((cell) => element('td', {}, cell))))))
  }

  const note = (text) => element('p', { class: 'note' }, text)
  const verdict = (number) => playground.verdicts[number]
  const count = (number, what) =>
    `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`

  // ---- Showing it -----------------------------------------------------------

  const SIGNS = { 13: 'CR', 10: 'LF', 9: 'TAB', 0: 'NUL' }

  function byteElement(octet, at) {
    const { story, step } = state
    const classes = ['byte']
    let text = String.fromCharCode(octet)
    if (octet < 32 || octet > 126) {
      classes.push('sign')
      text = SIGNS[octet] ?? octet.toString(16).toUpperCase().padStart(2, '0')
    } else if (octet === 32) {
      text = '·'
    }
    if (at >= story.cameUntil(step)) classes.push('coming')
    else if (at >= story.cameUntil(step - 1)) classes.push('new')
    return element('span', { class: classes.join(' '), 'data-at': at, 'aria-hidden': 'true' }, text)
  }

  function cutElement(at) {
    const index = state.cuts.indexOf(at)
    const isStop = state.cuts.length <= TAB_STOPS || at === (state.chosen ?? state.cuts[0])
    const before = readable(state.octets.slice(Math.max(0, at - 12), at))
    const after = readable(state.octets.slice(at, at + 12))
    return element('span', {
      class: at === state.chosen ? 'cut chosen' : 'cut',
      role: 'slider',
      tabindex: isStop ? '0' : '-1',
      'aria-label': `Cut ${index + 1} of ${state.cuts.length}`,
      'aria-valuemin': '1',
      'aria-valuemax': String(state.octets.length - 1),
      'aria-valuenow': String(at),
      'aria-valuetext': `after byte ${at}, between ${before} and ${after}`,
      'data-cut': at,
    })
  }

  function showWire() {
    const wrong = state.story.isAnswered(state.step) ? state.story.lineAtFault : 0
    const rows = []
    let row = null
    state.octets.forEach((octet, at) => {
      if (row === null) {
        row = element('div', { class: rows.length + 1 === wrong ? 'row wrong' : 'row' })
        rows.push(row)
      }
      if (state.cuts.includes(at)) row.append(cutElement(at))
      row.append(byteElement(octet, at))
      if (octet === LF) row = null
    })
    const focused = document.activeElement?.dataset.cut
    $('wire').replaceChildren(...rows)
    if (focused !== undefined) focusCut(state.chosen)
    $('cut-remove').disabled = state.chosen === null
    $('cut-none').disabled = state.cuts.length === 0
    $('cut-all').disabled = state.octets.length < 2
    $('cut-add').disabled = state.cuts.length >= state.octets.length - 1
  }

  const focusCut = (at) => $('wire').querySelector(`[data-cut="${at}"]`)?.focus()

  function showVerdict() {
    const { story, step } = state
    const { look, word, said } = story.judge(step)
    const all = story.pieces.length
    const where = step > all
      ? `After the last piece: the client ${$('ending').selectedOptions[0].text}`
      : `${step} of ${count(all, 'piece')}, ${count(story.cameUntil(step), 'byte')} so far`
    $('verdict').className = look
    $('verdict').replaceChildren(
      element('p', {}, where),
      element('p', {}, element('strong', {}, word)),
      element('p', {}, said),
    )
    $('step').max = story.steps
    $('step').value = step
    $('step').setAttribute('aria-valuetext', where)
    $('first').disabled = $('back').disabled = step === 0
    $('next').disabled = $('last').disabled = step >= story.steps
  }

  function callText({ call, result }, found) {
    if (call === 'exchange_answer') return `exchange_answer(${verdict(result)})`
    if (playground.VERDICTS.includes(call)) return `${call}() = ${verdict(result)}`
    if (call === 'delegate') {
      return `delegate("${readable(found['request type'])}", "${readable(found.path)}", …) = ${result}`
    }
    const on = ['recv', 'send', 'shutdown', 'close'].includes(call) ? '4'
      : ['bind', 'listen', 'accept', 'setsockopt'].includes(call) ? '3' : ''
    return `${call}(${on}) = ${result}`
  }

  function showCalls() {
    const { story, step } = state
    const lines = []
    const found = {}
    let piece = -2
    let latest = null
    for (const event of story.eventsUntil(step)) {
      if (event.piece !== piece) {
        piece = event.piece
        const title = piece === -1 ? 'Before anything comes'
          : piece < story.pieces.length ? `Piece ${piece + 1}` : 'After the last piece'
        latest = element('li', { class: 'title' }, title)
        lines.push(latest)
      }
      const look = piece === step - 1 ? 'new' : ''
      if (event.found) found[event.found] = event.octets
      if (event.found === 'log') {
        const line = readable(event.octets).replace(/\\n$/, '')
        lines.push(element('li', { class: look }, `log: ${line}`))
      }
      if (event.call) lines.push(element('li', { class: look }, callText(event, found)))
    }
    if (!story.isAnswered(step)) lines.push(element('li', {}, 'recv(4) waits'))
    $('calls').replaceChildren(...lines)
    $('calls').scrollTop = latest.offsetTop
  }

  // Form data as it was sent, next to what form_parse made of it.
  function pairRows(data, keys, values) {
    const sent = readable(data).split('&').filter((text) => text !== '')
    return keys.map((key, i) => [
      sent.length === keys.length ? sent[i] : '',
      readable(key),
      readable(values[i]),
    ])
  }

  // form_parse is called for the query first, if there is one, and then for the content.
  function formTables(events) {
    const tables = []
    let title = events.some((event) => event.found === 'query')
      ? 'The query, decoded' : 'The POST data, decoded'
    let form = []
    for (const event of events) {
      if (event.found === 'form data') form = []
      form.push(event)
      if (event.call !== 'form_parse') continue
      const [data] = playground.found(form, 'form data')
      const rows = pairRows(data, playground.found(form, 'pair name'), playground.found(form, 'pair value'))
      if (rows.length > 0) tables.push(table(title, ['as it was sent', 'key', 'value'], rows))
      title = 'The POST data, decoded'
    }
    return tables
  }

  function showApart() {
    const { story, step } = state
    const found = (kind) => story.found(step, kind).map(readable)
    const [line] = found('request line')
    if (line === undefined) {
      $('apart').replaceChildren(note(story.isAnswered(step)
        ? 'The server refused it before it was taken apart.'
        : 'The head is not complete yet.'))
      return
    }
    const [method, target, version] = line.split(' ')
    const made = [
      table('The request line', ['part', 'what it says'], [
        ['method', method],
        ['target', target],
        ['its path', found('path')[0]],
        ['its query', found('query')[0] ?? '(there is none)'],
        ['version', version],
      ]),
    ]
    const values = found('value')
    const fields = found('name').map((name, i) => [name, values[i]])
    if (fields.length > 0) made.push(table('The header fields', ['name', 'value'], fields))
    const content = found('content').at(-1)
    if (content) made.push(table('The content', ['so far'], [[content]]))
    $('apart').replaceChildren(...made, ...formTables(story.eventsUntil(step)))
  }

  function showAnswer() {
    const { story, step } = state
    if (!story.isAnswered(step)) {
      $('answer').replaceChildren(note('The server has not answered yet.'))
      return
    }
    if (story.run.sent.length === 0) {
      $('answer').replaceChildren(note('The server sends nothing, and closes the connection.'))
      return
    }
    const { heads, content } = story.answer
    const made = [
      element('h3', {}, 'Its head'),
      element('pre', {}, heads.replace(/\r\n/g, '\n').trim()),
    ]
    if (content.length > 0) {
      const html = new TextDecoder().decode(content)
      const frame = element('iframe', { title: 'The page that the server sends', sandbox: '' })
      frame.srcdoc = html
      made.push(
        element('h3', {}, 'As a browser shows it'), frame,
        note('In this frame, links and forms do nothing.'),
        element('details', {}, element('summary', {}, `The content, ${count(content.length, 'byte')}`),
          element('pre', { tabindex: '0', 'aria-label': 'The content' }, html)),
      )
    } else {
      made.push(note('It has no content.'))
    }
    $('answer').replaceChildren(...made)
  }

  function showCommand() {
    const { pieces } = state.story
    $('in-a-terminal').hidden = state.ending === 'breaks off' // nc has no way to do that
    const isCut = pieces.length <= 12
    const parts = isCut ? pieces : [state.octets]
    $('in-a-terminal').querySelector('summary').textContent =
      `The same in a terminal${isCut ? '' : ', in one piece'}`
    const prints = parts.map(writePrintf)
    if (state.ending === 'silent') prints.push('sleep 21')
    const sent = prints.length === 1 ? prints[0] : `(${prints.join('; sleep 1; ').replace('sleep 1; sleep', 'sleep')})`
    const nc = state.ending === 'closes' ? 'nc -N' : 'nc'
    $('command').textContent = `${sent} | ${nc} 127.0.0.1 8080`
  }

  function show() {
    showWire()
    showVerdict()
    showCalls()
    showApart()
    showAnswer()
  }

  // ---- Running it -----------------------------------------------------------

  function setCuts(cuts) {
    const inside = cuts.filter((at) => Number.isInteger(at) && at > 0 && at < state.octets.length)
    state.cuts = [...new Set(inside)].sort((a, b) => a - b)
    if (!state.cuts.includes(state.chosen)) state.chosen = null
  }

  const beforeEachByte = () => [...state.octets.keys()].slice(1)

  // The script of a stage is loaded when the stage is chosen for the first time.
  function loadStage(stage) {
    modules[stage] ??= new Promise((done, fail) => {
      const script = element('script', { src: `stage${stage}.js` })
      script.onload = () => done(playground.compile(playground.stages[stage]))
      script.onerror = () => fail(new Error(`stage${stage}.js is not here`))
      document.head.append(script)
    })
    return modules[stage]
  }

  async function run() {
    const { stage } = state
    const module = await loadStage(stage)
    if (stage !== state.stage) return // another one has been chosen since
    state.story = new playground.Story(state.octets, state.cuts, state.ending, module)
    state.step = Math.min(state.step, state.story.steps)
    $('workshop').hidden = false
    show()
    showCommand()
    keepAddress()
  }

  // Puts what `state` says into the controls, and runs it.
  function showControls() {
    $('request').value = writeRequest(state.octets)
    $('request-fault').textContent = ''
    $('ending').value = state.ending
    for (const button of document.querySelectorAll('[name=stage]')) {
      button.checked = Number(button.value) === state.stage
    }
    $('stage-note').textContent = STAGES[state.stage]
    return run()
  }

  function goTo(step) {
    state.step = Math.max(0, Math.min(step, state.story.steps))
    show()
  }

  function changeCuts(cuts, chosen) {
    state.chosen = chosen
    setCuts(cuts)
    return run()
  }

  function moveCut(from, to) {
    if (to < 1 || to >= state.octets.length || (to !== from && state.cuts.includes(to))) return
    changeCuts([...state.cuts.filter((at) => at !== from), to], to)
  }

  // ---- Examples -------------------------------------------------------------

  function fillExamples() {
    const { examples } = playground.examples[Number($('group').value)]
    $('example').replaceChildren(
      element('option', { value: '', hidden: '' }, '(your own)'),
      ...examples.map((example, i) => element('option', { value: i }, example.title)),
    )
    $('example').value = 0
  }

  // The request is no longer the one of the example.
  function leaveExample() {
    $('example').value = ''
    $('mistake').hidden = true
  }

  function takeExample() {
    const { examples } = playground.examples[Number($('group').value)]
    const example = examples[Number($('example').value)]
    // The latest stage that can have the mistake, unless the chosen one can.
    if (example.stages && !example.stages.includes(state.stage)) state.stage = example.stages.at(-1)
    state.octets = readRequest(example.request)
    state.ending = example.ending ?? 'waits'
    state.chosen = null
    state.step = 1
    setCuts(example.cuts)
    $('mistake').hidden = example.page === undefined
    if (example.page) $('mistake').querySelector('a').href = example.page
    return showControls()
  }

  function showAddressed() {
    leaveExample()
    return showControls()
  }

  // ---- What the reader does -------------------------------------------------

  function listenToRequest() {
    const insert = (text) => {
      // It can be undone, which setRangeText cannot.
      if (!document.execCommand('insertText', false, text)) {
        $('request').setRangeText(text, $('request').selectionStart, $('request').selectionEnd, 'end')
        $('request').dispatchEvent(new Event('input'))
      }
    }
    $('request').addEventListener('beforeinput', (event) => {
      if (event.inputType !== 'insertLineBreak' && event.inputType !== 'insertParagraph') return
      event.preventDefault()
      insert('\\r\\n\n')
    })
    $('request').addEventListener('paste', (event) => {
      const text = event.clipboardData.getData('text')
      event.preventDefault()
      insert(text.replace(/(\\n)?\r?\n/g, (_, written) => (written ? '\\n\n' : '\\r\\n\n')))
    })
    $('request').addEventListener('input', () => {
      let fault = ''
      try {
        const octets = readRequest($('request').value)
        if (octets.length > LONGEST) throw `This page takes ${count(LONGEST, 'byte')} at most.`
        state.octets = octets
        state.step = Math.max(state.step, 1)
        leaveExample()
        setCuts(state.cuts)
        run()
      } catch (thrown) {
        if (typeof thrown !== 'string') throw thrown
        fault = thrown
      }
      $('request-fault').textContent = fault
    })
    // Each line on a line of its own again.
    $('request').addEventListener('change', () => {
      if ($('request-fault').textContent === '') $('request').value = writeRequest(state.octets)
    })
  }

  // Where a byte is on the screen: its offset, or the next one's in its right half.
  function offsetAt(x, y) {
    const byte = document.elementsFromPoint(x, y).find((one) => one.dataset?.at !== undefined)
    if (byte === undefined) return null
    const { left, width } = byte.getBoundingClientRect()
    return Number(byte.dataset.at) + (x > left + width / 2 ? 1 : 0)
  }

  function listenToWire() {
    let dragged = null // the offset of the cut, while it is dragged
    let target = null
    const mark = (at) => {
      for (const one of $('wire').querySelectorAll('.here')) one.classList.remove('here')
      $('wire').querySelector(`[data-at="${at}"]`)?.classList.add('here')
    }
    $('wire').addEventListener('pointerdown', (event) => {
      const { cut } = event.target.dataset
      if (cut === undefined) return
      dragged = target = Number(cut)
      event.target.setPointerCapture(event.pointerId)
    })
    $('wire').addEventListener('pointermove', (event) => {
      if (dragged === null) return
      target = offsetAt(event.clientX, event.clientY) ?? target
      mark(target)
    })
    $('wire').addEventListener('pointerup', () => {
      if (dragged === null) return
      const from = dragged
      dragged = null
      mark(null)
      state.chosen = from
      focusCut(from)
      moveCut(from, target)
    })
    $('wire').addEventListener('pointercancel', () => {
      dragged = null
      mark(null)
    })
    $('wire').addEventListener('click', (event) => {
      const at = Number(event.target.dataset.at)
      if (at > 0) changeCuts([...state.cuts, at], at)
    })
    $('wire').addEventListener('focusin', (event) => {
      const { cut } = event.target.dataset
      if (cut === undefined || Number(cut) === state.chosen) return
      state.chosen = Number(cut)
      for (const one of $('wire').querySelectorAll('.cut')) {
        one.classList.toggle('chosen', one === event.target)
      }
      $('cut-remove').disabled = false
    })
    $('wire').addEventListener('keydown', (event) => {
      if (event.target.dataset.cut === undefined) return
      const at = Number(event.target.dataset.cut)
      const index = state.cuts.indexOf(at)
      const to = {
        ArrowLeft: at - 1,
        ArrowDown: at - 1,
        ArrowRight: at + 1,
        ArrowUp: at + 1,
        PageDown: at - 10,
        PageUp: at + 10,
        Home: (state.cuts[index - 1] ?? 0) + 1,
        End: (state.cuts[index + 1] ?? state.octets.length) - 1,
      }[event.key]
      if (to !== undefined) {
        event.preventDefault()
        moveCut(at, to)
      } else if (event.key === 'Delete' || event.key === 'Backspace') {
        event.preventDefault()
        removeCut()
      }
    })
  }

  function removeCut() {
    const index = state.cuts.indexOf(state.chosen)
    const rest = state.cuts.filter((at) => at !== state.chosen)
    changeCuts(rest, rest[Math.min(index, rest.length - 1)] ?? null)
  }

  // In the middle of the longest piece.
  function addCut() {
    const starts = [0, ...state.cuts]
    const lengths = starts.map((start, i) => (starts[i + 1] ?? state.octets.length) - start)
    const longest = lengths.indexOf(Math.max(...lengths))
    const at = starts[longest] + Math.floor(lengths[longest] / 2)
    changeCuts([...state.cuts, at], at).then(() => focusCut(at))
  }

  async function copy(event) {
    const what = event.target.dataset.copy
    const text = what === 'command'
      ? $('command').textContent
      : location.href.replace(/#.*/, '') + writeFragment()
    const box = element('textarea', { readonly: '' })
    box.value = text
    document.body.append(box)
    box.select()
    const done = document.execCommand('copy') // works in pages that are files, too
    box.remove()
    event.target.focus()
    $('copied').textContent = done ? 'Copied.' : 'Your browser did not let the page copy it.'
  }

  function listen() {
    $('group').addEventListener('change', () => {
      fillExamples()
      takeExample()
    })
    $('example').addEventListener('change', takeExample)
    $('ending').addEventListener('change', () => {
      state.ending = $('ending').value
      run()
    })
    $('stages').addEventListener('change', (event) => {
      state.stage = Number(event.target.value)
      $('stage-note').textContent = STAGES[state.stage]
      run().catch(giveUp)
    })
    $('cut-add').addEventListener('click', addCut)
    $('cut-remove').addEventListener('click', removeCut)
    $('cut-none').addEventListener('click', () => changeCuts([], null))
    $('cut-all').addEventListener('click', () => {
      state.step = 1
      changeCuts(beforeEachByte(), null)
    })
    $('first').addEventListener('click', () => goTo(0))
    $('back').addEventListener('click', () => goTo(state.step - 1))
    $('next').addEventListener('click', () => goTo(state.step + 1))
    $('last').addEventListener('click', () => goTo(Infinity))
    $('step').addEventListener('input', () => goTo(Number($('step').value)))
    for (const button of document.querySelectorAll('[data-copy]')) {
      button.addEventListener('click', copy)
    }
    addEventListener('hashchange', () => {
      if (readFragment()) showAddressed().catch(giveUp)
      else if (location.hash !== '#menu') keepAddress() // the menu has been closed
    })
    listenToRequest()
    listenToWire()
  }

  // ---- The beginning --------------------------------------------------------

  function giveUp(error) {
    $('trouble').hidden = false
    $('trouble').textContent = typeof WebAssembly === 'undefined'
      ? 'This page needs WebAssembly, which is off in your browser. Some browsers turn it off in a strict mode: allow it for this page, or open the page in another browser. Or run the server itself, with make run, and send the request with printf and nc.'
      : `The server could not be started in this page: ${error.message}. If you have opened the page in the source folder, build the site first: make site. Then open build/site/playground/index.html.`
    $('workshop').hidden = true
  }

  async function begin() {
    if (typeof WebAssembly === 'undefined') throw new Error('no WebAssembly')
    if (playground.examples.length === 0) throw new Error('examples.js is not here')
    for (const stage of Object.keys(STAGES)) {
      const button = element('input', { type: 'radio', name: 'stage', value: stage })
      $('stages').append(element('label', {}, button, stage))
    }
    $('group').replaceChildren(...playground.examples.map((group, i) =>
      element('option', { value: i }, group.title)))
    fillExamples()
    listen()
    await (readFragment() ? showAddressed() : takeExample())
  }

  begin().catch(giveUp)
}
