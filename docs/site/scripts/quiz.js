// quiz.js - a quiz page, one question at a time. A guess is checked, the cause unfolds,
// and the right guesses are counted for as long as the visit lasts. Without this script
// the page is a list of symptoms, each with its hint and its cause folded.
{
  const KEY = `webserve.quiz.${location.pathname}`
  const LOOKED = -1 // the guess of someone who unfolds the cause first
  const questions = [...document.querySelectorAll('.question')]
  let guesses = {}
  let shown = 0

  try {
    guesses = JSON.parse(sessionStorage.getItem(KEY) ?? '{}')
  } catch {
    // Nothing can be kept here.
  }

  function keep() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(guesses))
    } catch {
      // Then it lasts as long as the page.
    }
  }

  const right = (question) => Number(question.dataset.right)
  const guessed = (question) => guesses[question.id]
  const button = (text, action) => {
    const made = document.createElement('button')
    made.type = 'button'
    made.textContent = text
    made.addEventListener('click', action)
    return made
  }

  // ---- The bar: where you are, and how many were right ----

  const bar = document.createElement('div')
  bar.className = 'quiz-bar'
  const place = document.createElement('span')
  const score = document.createElement('span')
  const previous = button('Previous', () => go(shown - 1))
  const next = button('Next', () => go(shown + 1))
  const again = button('Start again', () => {
    guesses = {}
    keep()
    questions.forEach(clear)
    go(0)
  })
  previous.dataset.turn = 'prev' // for keys.js
  next.dataset.turn = 'next'
  bar.append(place, score, previous, next, again)

  function count() {
    const made = questions.filter((question) => guessed(question) !== undefined)
    const hits = made.filter((question) => guessed(question) === right(question)).length
    place.textContent = `Question ${shown + 1} of ${questions.length}`
    score.textContent = made.length === 0 ? 'No guess yet' : `${hits} of ${made.length} right`
    previous.disabled = shown === 0
    next.disabled = shown === questions.length - 1
    again.hidden = made.length === 0
  }

  function go(number, isByReader = true) {
    shown = Math.min(Math.max(number, 0), questions.length - 1)
    questions.forEach((question, i) => (question.hidden = i !== shown))
    count()
    if (isByReader) {
      history.replaceState(null, '', `#${questions[shown].id}`)
      questions[shown].querySelector('h2').focus()
    }
  }

  // ---- One question ----

  // Says what came of a guess, marks the choices, and unfolds the cause.
  function judge(question) {
    const choices = [...question.querySelectorAll('label')]
    const guess = guessed(question)
    const verdict = question.querySelector('.verdict')
    choices.forEach((label, i) => {
      label.classList.toggle('right', i === right(question))
      label.classList.toggle('wrong', i === guess && guess !== right(question))
      label.querySelector('input').disabled = true
      label.querySelector('input').checked = i === guess
    })
    const onward = question.querySelector('form button')
    onward.textContent = 'Next question'
    onward.disabled = question === questions.at(-1)
    question.querySelector('.cause').open = true
    if (guess === LOOKED) {
      verdict.textContent = 'You looked at the cause first, so this is not counted as right.'
    } else if (guess === right(question)) {
      verdict.textContent = 'Right.'
    } else {
      const link = document.createElement('a')
      const { name } = choices[guess].querySelector('input').dataset
      link.href = `../mistakes/${name}.html`
      link.textContent = 'See what that looks like'
      verdict.replaceChildren(
        'Not this time: the cause is below. Your guess has other symptoms. ', link, '.')
    }
  }

  function clear(question) {
    for (const label of question.querySelectorAll('label')) {
      label.classList.remove('right', 'wrong')
      label.querySelector('input').disabled = false
      label.querySelector('input').checked = false
    }
    question.querySelector('.verdict').textContent = ''
    for (const folded of question.querySelectorAll('details')) folded.open = false
    question.querySelector('form button').textContent = 'Check my guess'
    question.querySelector('form button').disabled = true
  }

  function guess(question, choice) {
    if (guessed(question) !== undefined) return
    guesses[question.id] = choice
    keep()
    judge(question)
    count()
  }

  for (const question of questions) {
    const form = question.querySelector('form')
    const check = button('Check my guess', () => {
      if (guessed(question) === undefined) form.requestSubmit()
      else go(shown + 1)
    })
    check.disabled = true
    form.append(check)
    form.addEventListener('change', () => (check.disabled = false))
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const choice = form.querySelector('input:checked')
      if (!choice) return
      guess(question, Number(choice.value))
      // The choice can no longer have the focus.
      const onward = question.querySelector('form button')
      const cause = question.querySelector('.cause > summary')
      ;(onward.disabled ? cause : onward).focus()
    })
    // Enter in a choice checks it; a form without a submit button does not do it alone.
    form.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !event.target.matches('input:checked')) return
      event.preventDefault() // or the button, which gets the focus, would be pressed
      form.requestSubmit()
    })
    // A click, or Enter; not the toggle, which comes when the page is printed, too.
    question.querySelector('.cause > summary').addEventListener('click', (event) => {
      if (guessed(question) !== undefined) return
      event.preventDefault()
      guess(question, LOOKED)
    })
    if (guessed(question) !== undefined) judge(question)
  }

  // A link to a question leads to it; else the first that has no guess yet is shown.
  function toAddress() {
    const named = questions.findIndex(({ id }) => `#${id}` === location.hash)
    const open = questions.findIndex((question) => guessed(question) === undefined)
    go(named >= 0 ? named : Math.max(open, 0), false)
  }

  document.querySelector('.questions').before(bar)
  addEventListener('hashchange', toAddress)
  toAddress()
}
