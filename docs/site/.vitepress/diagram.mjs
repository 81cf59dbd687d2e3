// A fenced block of Mermaid becomes the picture that draw_diagrams.mjs made of it.
// The picture has the name that its accTitle says, or that of the heading above it.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const drawn = join(here, '..', 'diagrams')
const drawing = readFileSync(join(here, 'draw_diagrams.mjs'))

// What a picture's file is called: the same text, drawn in the same way, has the same.
export function pictureOf(text) {
  const digest = createHash('sha256').update(drawing).update(text.trim())
  return `${digest.digest('hex').slice(0, 16)}.svg`
}

export function diagramFence(tokens, index) {
  const { info, content } = tokens[index]
  if (info.trim() !== 'mermaid') return undefined
  const title = escape(/^\s*accTitle:\s*(.*)$/m.exec(content)?.[1] ??
    `Diagram: ${heading(tokens, index)}`)
  const svg = readFileSync(join(drawn, pictureOf(content)), 'utf8')
  return `<figure class="diagram" v-pre>
<div class="diagram-drawing" role="region" tabindex="0" aria-label="${title}">
<div role="img" aria-label="${title}">${svg}</div></div>
<details class="diagram-text"><summary>The diagram as text</summary><pre tabindex="0">${escape(content)}</pre></details>
</figure>
`
}

function heading(tokens, index) {
  for (let i = index; i > 0; i--) {
    if (tokens[i - 1].type === 'heading_open') return tokens[i].content.replace(/`/g, '')
  }
  return ''
}

function escape(text) {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')
}
