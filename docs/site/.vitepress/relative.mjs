// Links and files of a page, relative to it: the site works at any address, below any
// folder, and opened as files. `page` is its name, such as `mistakes/index.md`.

export function relativeLinks(html, page) {
  const up = '../'.repeat(page.split('/').length - 1) || './'
  return html.replace(/(\s(?:href|src|srcset)=")\/(?!\/)([^"#]*)/g, (_, start, path) => {
    const [, folder, name] = /^(.*\/)?([^/]*)$/.exec(path)
    const file = name === '' ? 'index.html' : /\.\w+$/.test(name) ? name : `${name}.html`
    return `${start}${up}${folder ?? ''}${file}`
  })
}
