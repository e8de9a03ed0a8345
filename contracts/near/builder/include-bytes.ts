import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Plugin } from 'rolldown'
import { BuildError } from './build-error.ts'

/** near-sdk-js's `includeBytes('file')`: the file's bytes in the contract, the path from the file that says so. */
export function includeBytes(): Plugin {
  return {
    name: 'include-bytes',
    transform: {
      filter: { id: { exclude: /node_modules/ }, code: /\bincludeBytes\(/ },
      handler(code, id) {
        const replaced = code.replace(/\bincludeBytes\(\s*(['"])([^'"\n]+)\1\s*\)/g, (_call, _quote, file: string) => {
          const text = readFileSync(resolve(dirname(id), file), 'latin1')
          return `env.latin1_string_to_uint8array(${JSON.stringify(text)})`
        })
        if (/\bincludeBytes\(/.test(replaced))
          throw new BuildError(`${id}: includeBytes takes a path in quotes, known when the contract is built`)
        return { code: replaced, map: null }
      },
    },
  }
}
