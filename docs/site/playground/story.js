// story.js - what happened, step by step: the events of a run, and what they mean.
//
// Step 0 is before anything came, step 1 is when the first piece had come, and so on.
// After the last piece there is one more step if the client then does something that the
// server sees.
'use strict'

// The functions whose result is a verdict.
playground.VERDICTS = ['request_parse', 'request_check', 'content_begin', 'content_add',
  'form_parse', 'exchange_answer']

// What the server says in its own words where it has no page for it.
playground.WHY = {
  VERDICT_END_OF_STREAM:
    'recv returns 0: the client has closed its side, and the request is not complete.',
  VERDICT_LOST: 'recv returns -1: the connection is lost.',
  VERDICT_SILENCE: 'Nothing has come for 20 seconds.',
}

playground.Story = class {
  constructor(octets, cuts, ending, module) {
    this.octets = octets
    this.cuts = cuts
    this.ending = ending
    this.pieces = octets.length > 0 ? playground.split(octets, cuts) : []
    this.run = playground.run(module, this.pieces, ending)
    this.answered = this.run.events.find((event) => event.call === 'exchange_answer')
  }

  get steps() {
    const isSeen = (this.answered?.piece ?? Infinity) >= this.pieces.length
    return this.pieces.length + (this.ending !== 'waits' && isSeen ? 1 : 0)
  }

  eventsUntil(step) {
    return this.run.events.filter((event) => event.piece < step)
  }

  isAnswered(step) {
    return this.answered !== undefined && this.answered.piece < step
  }

  // How many bytes have come.
  cameUntil(step) {
    if (step <= 0) return 0
    return step > this.cuts.length ? this.octets.length : this.cuts[step - 1]
  }

  // What was found of a kind, until a step: an array of bytes for each.
  found(step, kind) {
    return playground.found(this.eventsUntil(step), kind)
  }

  // The server's own sentence about a fault, from the page that it makes of it.
  get sentence() {
    const [page] = this.found(Infinity, 'fault')
    const text = page && /<p>(.*)<\/p>/s.exec(new TextDecoder().decode(page))?.[1]
    return text?.replace(/\s+/g, ' ') ?? ''
  }

  // The number of the line at fault, as the sentence says it; 0: it names none.
  get lineAtFault() {
    return Number(/\bline (\d+)/i.exec(this.sentence)?.[1] ?? 0)
  }

  // The heads of the answer, and its content: a 100 Continue has a head of its own.
  get answer() {
    const { sent } = this.run
    const text = new TextDecoder('latin1').decode(sent)
    const [heads] = /^(HTTP\/1\.1 1[^]*?\r\n\r\n)*([^]*?\r\n\r\n)?/.exec(text)
    return { heads, content: sent.slice(heads.length) }
  }

  // The status of the final answer, such as `200 OK`; undefined if there is none.
  get status() {
    return /^HTTP\/1\.1 ([2-5].*)\r$/m.exec(this.answer.heads)?.[1]
  }

  // Why the request is not complete yet.
  missing(step) {
    if (this.found(step, 'request line').length === 0) {
      const came = new TextDecoder('latin1').decode(this.octets.slice(0, this.cameUntil(step)))
      return /[^\r\n][^]*\n/.test(came)
        ? 'The empty line that ends the head has not come yet.'
        : 'The request line has not ended yet.'
    }
    const content = this.found(step, 'content').at(-1)?.length ?? 0
    const names = this.found(step, 'name').map(playground.readable)
    const at = names.findIndex((name) => name.toLowerCase() === 'content-length')
    const all = at === -1 ? '' : ` of ${playground.readable(this.found(step, 'value')[at])}`
    const interim = this.eventsUntil(step).some((event) => event.call === 'send')
      ? ' The server has sent 100 Continue.'
      : ''
    return `The head is complete.${interim} Of the content, ${content}${all} bytes have come.`
  }

  // What the server says after a step: how it looks, a word, and a sentence.
  judge(step) {
    const verdict = (number) => playground.verdicts[number]
    if (step === 0) return { look: '', word: 'Nothing yet', said: 'The server waits in recv.' }
    if (!this.isAnswered(step)) {
      const last = this.eventsUntil(step)
        .filter((event) => playground.VERDICTS.includes(event.call)).at(-1)
      const said = `${last.call} says ${verdict(last.result)}. ${this.missing(step)}`
      return { look: '', word: 'Incomplete', said: `${said} The server waits in recv.` }
    }
    if (this.answered.piece < step - 1) {
      return { look: '', word: 'Too late', said: 'The server has answered already. It drops this piece.' }
    }
    const why = verdict(this.answered.result)
    if (this.answered.result === 0) {
      return { look: 'done', word: `Done: ${this.status}`, said: `The request is complete: ${why}.` }
    }
    if (this.status === undefined) {
      const said = `${playground.WHY[why] ?? ''} (${why}) The server closes the connection.`
      return { look: 'wrong', word: 'No answer', said }
    }
    const late = why === 'VERDICT_TIMEOUT' ? 'The main thread interrupts recv. ' : ''
    return { look: 'wrong', word: this.status, said: `${late}${this.sentence} (${why})` }
  }
}

playground.found = (events, kind) =>
  events.filter((event) => event.found === kind).map((event) => event.octets)
