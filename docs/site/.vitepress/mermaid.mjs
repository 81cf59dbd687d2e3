// A fenced block of Mermaid becomes the component that draws it. The drawing has the
// name that its accTitle says, or that of the heading above it.

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
