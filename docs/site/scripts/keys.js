// keys.js - the arrow keys turn pages: left to the previous page of the course, right to
// the next; on a quiz, to its questions. They are left alone where they have work to do: in
// a field or a choice, in code that is wider than its block, together with another key, or
// in a dialog.
{
  const goes = { ArrowLeft: 'prev', ArrowRight: 'next' }
  const takes = 'input, textarea, select, [contenteditable], [role="slider"]'

  // Whether the keys scroll what has the focus, or something around it.
  function scrolls(element) {
    for (let e = element; e && e !== document.body; e = e.parentElement) {
      const { overflowX } = getComputedStyle(e)
      if (e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(overflowX)) return true
    }
    const all = document.documentElement
    return all.scrollWidth > all.clientWidth + 1
  }

  document.addEventListener('keydown', (event) => {
    const relation = goes[event.key]
    if (!relation || event.defaultPrevented) return
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (event.target.closest(takes) || document.querySelector('dialog[open]')) return
    if (scrolls(event.target)) return
    document.querySelector(`a[rel="${relation}"], button[data-turn="${relation}"]`)?.click()
  })
}
