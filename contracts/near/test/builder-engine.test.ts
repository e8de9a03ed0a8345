import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { expect, test } from 'vitest'
import { readEngine } from '../builder/engine-file.ts'

test('the committed engine is what its digest says', () => {
  expect(() => readEngine()).not.toThrow()
})

test('the engine imports every host function of the interface and nothing else', () => {
  const { wasm, moved } = readEngine()

  for (const link of [wasm, moved]) {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(Uint8Array.from(link)))
    const fromEnv = imports.filter(({ module }) => module === 'env').map(({ name }) => name)

    expect(fromEnv.sort()).toEqual([...hostFunctionNames(), 'read_register', 'promise_and'].sort())
    expect(imports.filter(({ module }) => module !== 'env')).toEqual([
      { module: 'builder', name: 'map_position', kind: 'function' },
    ])
  }
})

test('the notices name what is linked into the engine', () => {
  const notices = readFileSync(new URL('../engine/NOTICES', import.meta.url), 'utf8')

  for (const part of ['quickjs-ng 0.16.2', 'wasi-libc', 'compiler-rt']) expect(notices).toContain(part)
})

function hostFunctionNames(): string[] {
  const file = fileURLToPath(new URL('../builder/runtime/host.ts', import.meta.url))
  for (const statement of parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }, file).body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined
    if (declared?.type !== 'TSInterfaceDeclaration' || declared.id.name !== 'HostFunctions') continue
    return declared.body.body.map((member) => {
      if (member.type !== 'TSMethodSignature' || member.key.type !== 'Identifier') throw new Error('not a method')
      return member.key.name
    })
  }
  throw new Error('no interface HostFunctions')
}
