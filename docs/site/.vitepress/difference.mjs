// Differences, coloured in two forms, with the same colours in both.
//
// A fenced block `difference` names a file of ../generate's, and becomes two
// tables: the difference side by side, and inline. The lines are coloured as C
// is elsewhere on the site; moved lines have a mark and a colour of their own.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHighlighter } from 'shiki'

const marks = { '-': '-', '+': '+', ' ': ' ' }
const movedMarks = { '-': '<', '+': '>' }
// Comments must be legible on the colours of changed lines, too.
const darker = { '#66707b': '#4a525c' }
const words = { '-': 'removed', '+': 'added' }
const movedWords = { '-': 'moved from here', '+': 'moved to here' }

export async function differenceColors(themes) {
  const highlighter = await createHighlighter({
    themes: Object.values(themes),
    langs: ['c', 'bash'],
  })
  return (lines) => colorLines(highlighter, themes, lines)
}

export function differenceFence(colored, folder) {
  return (token) => {
    if (token.info.trim() !== 'difference') {
      return undefined
    }
    const name = token.content.trim()
    const files = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
    return files.map((file) => showFile(file, colored)).join('')
  }
}

// The lines of a fenced block `diff` in the walkthroughs, by their first column.
const markClasses = { '-': 'old', '+': 'new' }

// Puts the lines, so coloured, in place of those in the block's HTML.
export function diffFence(colored) {
  return (token, html) => {
    if (token.info.trim() !== 'diff') {
      return html
    }
    const lines = token.content.replace(/\n$/, '').split('\n')
    const texts = lines.map((line) => (/^@@|^\\/.test(line) ? '' : line.slice(1)))
    const isOld = (line) => line[0] === '-'
    const isNew = (line) => line[0] === '+'
    const old = colored(texts.map((text, i) => (isNew(lines[i]) ? '' : text)))
    const now = colored(texts.map((text, i) => (isOld(lines[i]) ? '' : text)))
    const shown = lines.map((line, i) => {
      if (/^@@/.test(line)) return `<span class="line place">${escape(line)}</span>`
      const code = (isOld(line) ? old : now)[i]
      return `<span class="line ${markClasses[line[0]] ?? 'same'}">${escape(line[0] ?? '')}${code}</span>`
    })
    return html.replace(/(<code[^>]*>)[^]*(<\/code>)/, (_, begin, end) =>
      begin + shown.join('\n') + end)
  }
}

function escape(text) {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}

// The HTML of each line, coloured as one piece of C.
function colorLines(highlighter, themes, lines) {
  const { tokens } = highlighter.codeToTokens(lines.join('\n'), {
    lang: 'c',
    themes,
    defaultColor: false,
    colorReplacements: darker,
  })
  return lines.map((_, index) =>
    (tokens[index] ?? [])
      .map((part) => {
        const style = Object.entries(part.htmlStyle ?? {})
          .map(([key, value]) => `${key}:${value}`)
          .join(';')
        return `<span style="${style}">${escape(part.content)}</span>`
      })
      .join(''),
  )
}

// Gives each line of a hunk its number on either side, and its HTML.
function number(hunk, colored) {
  const old = colored(hunk.lines.filter(([sign]) => sign !== '+').map((line) => line[2]))
  const now = colored(hunk.lines.filter(([sign]) => sign !== '-').map((line) => line[2]))
  let left = 0
  let right = 0
  return hunk.lines.map(([sign, moved]) => {
    const line = { sign, moved }
    line.html = sign === '-' ? old[left] : now[right]
    if (sign !== '+') line.old = hunk.old + left++
    if (sign !== '-') line.now = hunk.new + right++
    return line
  })
}

function classes(line) {
  if (line === undefined) return 'none'
  if (line.sign === ' ') return 'same'
  return (line.sign === '-' ? 'old' : 'new') + (line.moved ? ' moved' : '')
}

function code(line) {
  if (line === undefined) return '<td class="none"></td>'
  const word = (line.moved ? movedWords : words)[line.sign]
  const said = word ? `<span class="visually-hidden">${word}: </span>` : ''
  const mark = (line.moved ? movedMarks : marks)[line.sign]
  return `<td class="${classes(line)}"><span class="mark" aria-hidden="true">${escape(mark)}</span>${said}<pre><code>${line.html || ' '}</code></pre></td>`
}

function lineNumber(line, which) {
  return `<td class="number ${classes(line)}">${line?.[which] ?? ''}</td>`
}

function inlineRow(line) {
  return `<tr>${lineNumber(line, 'old')}${lineNumber(line, 'now')}${code(line)}</tr>`
}

function sideRow([left, right]) {
  return `<tr>${lineNumber(left, 'old')}${code(left)}${lineNumber(right, 'now')}${code(right)}</tr>`
}

// Lines beside each other: what went beside what came in its place.
function beside(lines) {
  const rows = []
  let old = []
  let now = []
  const flush = () => {
    for (let i = 0; i < Math.max(old.length, now.length); i++) {
      rows.push([old[i], now[i]])
    }
    old = []
    now = []
  }
  for (const line of lines) {
    if (line.sign === '-') {
      if (now.length > 0) flush()
      old.push(line)
    } else if (line.sign === '+') {
      now.push(line)
    } else {
      flush()
      rows.push([line, line])
    }
  }
  flush()
  return rows
}

function table(kind, columns, label, body) {
  const group = columns.map((name) => `<col class="${name}">`).join('')
  return `<div class="difference-${kind}" tabindex="0" role="region" aria-label="${escape(label)}"><table><colgroup>${group}</colgroup><tbody>${body}</tbody></table></div>`
}

function hunkRow(hunk, columns) {
  if (hunk.old <= 1 && hunk.new <= 1) return '' // from the first line on
  const name = escape(hunk.function ?? '')
  return `<tr class="hunk"><td colspan="${columns}">… <code>${name}</code></td></tr>`
}

function showFile(file, colored) {
  const name = file.new ?? file.old
  const what = file.old === null ? ' (new)' : file.new === null ? ' (gone)' : ''
  const hunks = file.hunks.map((hunk) => ({ hunk, lines: number(hunk, colored) }))
  const inline = hunks
    .map(({ hunk, lines }) => hunkRow(hunk, 3) + lines.map(inlineRow).join(''))
    .join('')
  const side = hunks
    .map(({ hunk, lines }) => hunkRow(hunk, 4) + beside(lines).map(sideRow).join(''))
    .join('')
  const content =
    `<p class="difference-name"><code>${escape(name)}</code>${what}</p>` +
    // A file that is new, or gone, has nothing beside it.
    (file.old === null || file.new === null
      ? table('side', ['number', 'number', 'code'], `${name}, whole`, inline)
      : table('side', ['number', 'code', 'number', 'code'], `${name}, side by side`, side)) +
    table('inline', ['number', 'number', 'code'], `${name}, inline`, inline)
  // As one string, Vue need not take its thousands of elements apart.
  return `<div class="difference-file vp-code" v-html="${escape(JSON.stringify(content))}"></div>\n`
}
