// copy.js - a button on each block of code that has something to type. It copies what is
// typed and nothing else: of commands no prompt, and nothing that they print.
{
  // What a reader types of a block. Code, differences and answers are there to be read;
  // but a file of a step's solution is typed whole.
  function typed(block) {
    const language = /language-(\w*)/.exec(block.className)[1]
    const text = block.querySelector('pre code').textContent.replace(/\n$/, '')
    if (block.classList.contains('line-numbers-mode')) return ''
    if (language === 'console') {
      const commands = text.split('\n').filter((line) => line.startsWith('$ '))
      return commands.map((line) => line.slice(2)).join('\n')
    }
    if (language === 'c') return isSolution(block) ? text : ''
    return ['bash', 'markdown', 'nginx', 'sh', 'yaml'].includes(language) ? text : ''
  }

  function isSolution(block) {
    const summary = block.closest('details')?.querySelector('summary')
    return summary?.textContent.trim() === 'Solution'
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // A page that came over plain HTTP from elsewhere has no clipboard.
      const area = document.createElement('textarea')
      area.value = text
      document.body.append(area)
      area.select()
      document.execCommand('copy')
      area.remove()
    }
  }

  function add(block, text) {
    const button = document.createElement('button')
    const first = text.split('\n')[0]
    button.type = 'button'
    button.className = 'copy-button'
    button.textContent = 'Copy'
    button.setAttribute('aria-label', `Copy: ${first}`)
    button.addEventListener('click', async () => {
      await copy(text)
      button.textContent = 'Copied'
      button.setAttribute('aria-label', `Copied: ${first}`)
      button.focus()
      setTimeout(() => {
        button.textContent = 'Copy'
        button.setAttribute('aria-label', `Copy: ${first}`)
      }, 2000)
    })
    block.classList.add('can-be-copied')
    block.append(button)
  }

  for (const block of document.querySelectorAll('.vp-doc div[class*="language-"]')) {
    const text = typed(block)
    if (text !== '') add(block, text)
  }
}
