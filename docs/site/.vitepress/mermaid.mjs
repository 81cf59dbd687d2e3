// A fenced block of Mermaid becomes the component that draws it, with the
// block's text beside it for who does not see the drawing. It is called what its
// accTitle says, or after the heading above it.

export function mermaidFence(tokens, index) {
  const { info, content } = tokens[index]
  if (info.trim() !== 'mermaid') {
    return undefined
  }
  const title = /^\s*accTitle:\s*(.*)$/m.exec(content)?.[1] ?? `Diagram: ${heading(tokens, index)}`
  return `<Mermaid title="${escapeAttribute(title)}" source="${encodeURIComponent(content)}" />\n`
}

function heading(tokens, index) {
  for (let i = index; i > 0; i--) {
    if (tokens[i - 1].type === 'heading_open') return tokens[i].content.replace(/`/g, '')
  }
  return ''
}

function escapeAttribute(text) {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')
}
