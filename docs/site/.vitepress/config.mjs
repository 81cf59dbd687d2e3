// The site's configuration. ../generate.py makes the pages and menus.json.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { diffTransformer } from './diff.mjs'
import { mermaidFence } from './mermaid.mjs'

const pages = join(dirname(fileURLToPath(import.meta.url)), '..', 'pages')
const menus = JSON.parse(readFileSync(join(pages, 'menus.json'), 'utf8'))
// Nothing that a page loads may come from elsewhere, whatever it asks for.
const policy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self' 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

// Few fonts have signs for CR and LF; all have letters.
const showLineEnds = (html) =>
  html.replace(/[␍␊]/g, (sign) =>
    `<span class="line-end">${sign === '␍' ? 'CR' : 'LF'}</span>`,
  )

export default defineConfig({
  lang: 'en-US',
  title: 'webserve',
  description: 'A threaded HTTP/1.1 server in C, built in six steps.',
  srcDir: 'pages',
  outDir: 'out',
  cacheDir: 'cache',
  head: [
    ['meta', { 'http-equiv': 'Content-Security-Policy', content: policy }],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  // A link to the server that the reader has started is not checked.
  ignoreDeadLinks: [/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])/],
  vite: { build: { chunkSizeWarningLimit: 4000 }, logLevel: 'warn' },
  markdown: {
    theme: {
      light: 'github-light-high-contrast',
      dark: 'github-dark-high-contrast',
    },
    codeTransformers: [diffTransformer],
    languages: ['c'],
    languageAlias: { console: 'shellsession' },
    config(md) {
      const fence = md.renderer.rules.fence
      md.renderer.rules.fence = (tokens, index, ...rest) =>
        mermaidFence(tokens, index) ?? showLineEnds(fence(tokens, index, ...rest))
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
      { text: 'Mistakes', link: '/mistakes/', activeMatch: '^/mistakes/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Playground', link: '/playground/index.html', target: '_self' },
    ],
    sidebar: menus,
    outline: { level: [2, 3], label: 'On this page' },
    search: {
      provider: 'local',
      options: {
        detailedView: false,
        // Code and differences are left out, and need not be rendered for it.
        _render: (source, env, md) =>
          /^search: false$/m.test(source.split('\n---\n')[0]) ? '' : md.render(source, env),
        // What is seen must be in what is said: the signs of keys are not.
        translations: {
          button: { buttonText: 'Search (key /)', buttonAriaLabel: 'Search (key /)' },
        },
      },
    },
    notFound: { linkLabel: 'Take me home', linkText: 'Take me home' },
    docFooter: { prev: 'Previous', next: 'Next' },
    externalLinkIcon: true,
  },
})
