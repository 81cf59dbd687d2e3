// notation.js - bytes as text, and back: as for printf, as in an address, and to be read.
'use strict'
{
  const CR = 13
  const LF = 10
  const ESCAPES = { r: CR, n: LF, t: 9, 0: 0, '\\': 92 }
  const utf8 = new TextEncoder()

  // The bytes of a request as it is typed; throws a sentence about what is not a byte. Line
  // breaks are there to read it by, and mean nothing.
  playground.readRequest = (text) => {
    const parts = []
    for (const [part] of text.matchAll(/\\x[0-9a-f]{2}|\\[^]?|[^\\]+/gi)) {
      if (part[0] !== '\\') {
        parts.push(utf8.encode(part.replace(/[\r\n]/g, '')))
      } else if (part.length === 4) {
        parts.push(Uint8Array.of(parseInt(part.slice(2), 16)))
      } else if (part[1] in ESCAPES) {
        parts.push(Uint8Array.of(ESCAPES[part[1]]))
      } else {
        throw `${part} means nothing here. A backslash is \\\\, and any byte is \\x and two digits, as in \\x00.`
      }
    }
    return playground.join(parts)
  }

  // How long the UTF-8 character at `at` is; 0 if there is none beyond ASCII.
  function characterLength(octets, at) {
    if (octets[at] < 128) return 0
    for (const length of [2, 3, 4]) {
      try {
        const part = octets.slice(at, at + length)
        const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part)
        return [...text].length === 1 ? length : 0
      } catch {
        // it is longer, or none
      }
    }
    return 0
  }

  // Printable characters as they are; `other` says how to write any other byte.
  function write(octets, other) {
    let text = ''
    for (let at = 0; at < octets.length; at++) {
      const length = characterLength(octets, at)
      if (length > 0) {
        text += new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets.slice(at, at + length))
        at += length - 1
      } else if (octets[at] < 32 || octets[at] > 126 || octets[at] === 92) {
        text += other(octets[at])
      } else {
        text += String.fromCharCode(octets[at])
      }
    }
    return text
  }

  const escape = (octet) =>
    ({ 13: '\\r', 10: '\\n', 9: '\\t', 0: '\\0', 92: '\\\\' })[octet] ??
    `\\x${octet.toString(16).padStart(2, '0')}`

  // A request as one types it, with each line on a line of its own.
  playground.writeRequest = (octets) =>
    write(octets, (octet) => escape(octet) + (octet === LF ? '\n' : '')).replace(/\n$/, '')

  // A command that prints it. In a shell, a NUL and others are octal, and % is doubled; a -
  // at the beginning would be an option.
  playground.writePrintf = (octets) => {
    const octal = (octet) =>
      [CR, LF, 9, 92].includes(octet)
        ? escape(octet)
        : `\\${octet.toString(8).padStart(3, '0')}`
    const text = write(octets, octal).replace(/%/g, '%%').replace(/'/g, "'\\''").replace(/^-/, '\\055')
    return `printf '${text}'`
  }

  // To be read, and not typed again: a backslash is one.
  playground.readable = (octets) =>
    write(octets, (octet) => (octet === 92 ? '\\' : escape(octet)))

  // As in a query: a space is +, and what could end something is %XX.
  playground.writeAddress = (octets) =>
    Array.from(octets, (octet) => {
      const letter = String.fromCharCode(octet)
      if (letter === ' ') return '+'
      if (octet < 128 && /[\w./:?;,@!*~-]/.test(letter)) return letter
      return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
    }).join('')

  playground.readAddress = (text) =>
    playground.join(
      [...text.matchAll(/%([0-9a-f]{2})|\+|[^]/gi)].map(([part, digits]) => {
        if (digits) return Uint8Array.of(parseInt(digits, 16))
        return utf8.encode(part === '+' ? ' ' : part)
      }),
    )
}
