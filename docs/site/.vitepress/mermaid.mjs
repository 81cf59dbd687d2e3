// A fenced block of Mermaid becomes the component that draws it, with the
// block's text beside it for who does not see the drawing.

export function mermaidFence(token) {
  if (token.info.trim() !== 'mermaid') {
    return undefined
  }
  const title = /^\s*accTitle:\s*(.*)$/m.exec(token.content)?.[1] ?? 'Diagram'
  return `<Mermaid title="${escapeAttribute(title)}" source="${encodeURIComponent(token.content)}" />\n`
}

function escapeAttribute(text) {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')
}
