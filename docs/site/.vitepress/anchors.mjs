// Gives lines of code an id, so that a link leads to them: a fence of the source's pages
// names them, as in ```c:line-numbers 0 #serve:12 #start_thread:40

// For VitePress' markdown.codeTransformers.
export const anchorTransformer = {
  name: 'anchors',
  line(element, number) {
    const named = new RegExp(`#(\\w+):${number}(?!\\d)`).exec(this.options.meta?.__raw)
    if (named) element.properties.id = named[1]
  },
}
