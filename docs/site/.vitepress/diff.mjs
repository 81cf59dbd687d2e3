// Colors fenced blocks of `diff` as C, and marks each line by its first column:
// - removed, + added, < moved from here, > moved to here.

const marks = { '-': 'old', '+': 'new', '<': 'old moved', '>': 'new moved', '@': 'place' }
// Comments must be legible on the colors of changed lines, too.
const darker = { '#66707b': '#4a525c' }

// For VitePress' markdown.codeTransformers.
export const diffTransformer = {
  name: 'diff',
  preprocess(code, options) {
    this.marked = options.lang === 'diff' ? code.split('\n') : undefined
    if (this.marked === undefined) return code
    options.lang = 'c'
    options.colorReplacements = darker
    return this.marked.map((line) => (line[0] === '@' ? '' : line.slice(1))).join('\n')
  },
  line(element, number) {
    const marked = this.marked?.[number - 1]
    if (marked === undefined) return
    this.addClassToHast(element, marks[marked[0]] ?? 'same')
    const value = marked[0] === '@' ? marked : (marked[0] ?? '')
    element.children.unshift({ type: 'text', value })
  },
}
