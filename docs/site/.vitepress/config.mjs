// The site's configuration. ../generate.py makes the pages and menus.json.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { anchorTransformer } from './anchors.mjs'
import { diagramFence } from './diagram.mjs'
import { diffTransformer } from './diff.mjs'
import { relativeLinks } from './relative.mjs'

const pages = join(dirname(fileURLToPath(import.meta.url)), '..', 'pages')
const menus = JSON.parse(readFileSync(join(pages, 'menus.json'), 'utf8'))
// Nothing that a page loads may come from elsewhere, whatever it asks for. WebAssembly is
// for the playground.
const policy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

// Few fonts have signs for CR and LF; all have letters.
const showLineEnds = (html) =>
  html.replace(/[␍␊]/g, (sign) =>
    `<span class="line-end">${sign === '␍' ? 'CR' : 'LF'}</span>`,
  )

// VitePress' own; ../scripts/copy.js makes one where there is something to type.
const copyButton = '<button title="Copy Code" class="copy"></button>'
const script = (name) => ['script', { defer: '', src: `/scripts/${name}.js` }]

export default defineConfig({
  lang: 'en-US',
  title: 'webserve',
  description: 'A threaded HTTP/1.1 server in C, built in six steps.',
  srcDir: 'pages',
  outDir: 'out',
  cacheDir: 'cache',
  // A page is HTML, and needs no script. One that is loaded as a module would not run
  // where the site is opened as files.
  mpa: true,
  head: [
    ['meta', { 'http-equiv': 'Content-Security-Policy', content: policy }],
    ['link', { rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' }],
    ...['page', 'copy', 'search', 'keys', 'progress'].map(script),
  ],
  // VitePress puts it into an attribute as it is.
  transformPageData: ({ description }) => ({
    description: description.replace(/&/g, '&amp;').replace(/"/g, '&quot;'),
  }),
  transformHead: ({ page }) => (/^quiz\/stage/.test(page) ? [script('quiz')] : []),
  transformHtml: (html, _, { page }) => relativeLinks(html, page),
  // A link to the server that the reader has started is not checked.
  ignoreDeadLinks: [/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])/],
  vite: { logLevel: 'warn' },
  markdown: {
    theme: {
      light: 'github-light-high-contrast',
      dark: 'github-dark-high-contrast',
    },
    headers: { level: [2, 3] },
    codeTransformers: [diffTransformer, anchorTransformer],
    languages: ['c'],
    languageAlias: { console: 'shellsession' },
    config(md) {
      const fence = md.renderer.rules.fence
      md.renderer.rules.fence = (tokens, index, ...rest) =>
        diagramFence(tokens, index) ??
        showLineEnds(fence(tokens, index, ...rest)).replace(copyButton, '')
      // A drawing may be wider than the page: it can be scrolled, by keys, too.
      const image = md.renderer.rules.image
      md.renderer.rules.image = (tokens, index, ...rest) => {
        const html = image(tokens, index, ...rest)
        return /\.svg$/.test(tokens[index].attrGet('src'))
          ? `<span class="drawing" tabindex="0" role="region" aria-label="Drawing">${html}</span>`
          : html
      }
    },
  },
  themeConfig: {
    nav: [
      { text: 'Walkthrough', link: '/stage1', activeMatch: '^/(stage|prologue|epilogue)' },
      { text: 'Differences', link: '/difference/', activeMatch: '^/difference/' },
      { text: 'Mistakes', link: '/mistakes/', activeMatch: '^/(mistakes|quiz)/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Playground', link: '/playground/index.html', activeMatch: '^/playground/' },
    ],
    sidebar: menus,
  },
})
