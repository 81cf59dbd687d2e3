// Serves the files of a folder on a free port of this machine, for the tests.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

export async function serve(folder) {
  const server = createServer(async (request, response) => {
    // A deck names no icon, and a browser asks for one all the same.
    if (request.url === '/favicon.ico') {
      response.writeHead(204)
      response.end()
      return
    }
    let path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname))
    if (path.endsWith('/')) path += 'index.html'
    try {
      const content = await readFile(join(folder, path))
      response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream' })
      response.end(content)
    } catch {
      response.writeHead(404)
      response.end()
    }
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return { server, origin: `http://127.0.0.1:${server.address().port}` }
}
