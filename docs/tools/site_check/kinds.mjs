// One page of every kind that the site has, by the kind's name.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

// The address of the first page in a folder of the site that is not its index.
function first(folder, inside) {
  const path = join(folder, inside)
  if (!existsSync(path)) return undefined
  const name = readdirSync(path)
    .filter((file) => file.endsWith('.html') && file !== 'index.html')
    .sort()[0]
  return name && `/${inside}/${name}`
}

export function kinds(folder) {
  const all = {
    home: '/index.html',
    walkthrough: '/stage6.html',
    differences: '/difference/index.html',
    difference: '/difference/step3.html',
    wire: '/wire.html',
    mistakes: '/mistakes/index.html',
    mistake: first(folder, 'mistakes'),
    api: '/api/index.html',
    header: '/api/net/pool.html',
    source: '/source/stages/stage6/handle_connection.c.html',
    folder: '/source/stages/index.html',
    reference: '/http.html',
    map: '/assignment-map.html',
    decks: '/decks.html',
    missing: '/404.html',
  }
  const documents = ['prologue', 'epilogue', 'teaching', 'testing', 'grading', 'performance']
  for (const name of documents) {
    if (existsSync(join(folder, `${name}.html`))) all[name] = `/${name}.html`
  }
  for (let stage = 1; existsSync(join(folder, `slides/stage${stage}.html`)); stage += 1) {
    all[`deck${stage}`] = `/slides/stage${stage}.html`
  }
  return Object.fromEntries(Object.entries(all).filter(([, address]) => address))
}
