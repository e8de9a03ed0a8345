import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { buildContract } from '../builder/build.ts'
import { BuildError } from '../builder/build-error.ts'

const folder = mkdtempSync(join(tmpdir(), 'near-errors-'))
symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'))
afterAll(() => rmSync(folder, { recursive: true }))

const IMPORTS = `import { call, NearBindgen, near, view } from 'near-sdk-js'\n`
const RUNTIME = fileURLToPath(new URL('../builder/runtime/contract.ts', import.meta.url))
const PARTS = `import { NearBindgen, NearPart, view } from '${RUNTIME}'\n@NearBindgen({ isLazy: true }) class C {}\n`

test.each([
  [
    'a syntax error with its place',
    `${IMPORTS}\n@NearBindgen({})\nclass C {\n  @call({}) broken( {}\n}`,
    /contract\.ts:6:1: [\s\S]*Expected/,
  ],
  ['a missing module', `import { x } from './nowhere.ts'\nexport const run = () => x`, /\.\/nowhere\.ts/],
  [
    'a module of Node',
    `import { readFileSync } from 'node:fs'\nexport function run() { readFileSync('x') }`,
    /node:fs/,
  ],
  ['a contract without methods', `export class Plain {}`, /nothing can be called: .* @NearBindgen/],
  [
    'a class that forgot @NearBindgen',
    `${IMPORTS}export class C { @view({}) get() { return 1 } }`,
    /nothing can be called/,
  ],
  [
    'two classes with the same method',
    `${IMPORTS}@NearBindgen({}) class A { @view({}) get() {} }\n@NearBindgen({}) class B { @view({}) get() {} }`,
    /B and A both export a method get/,
  ],
  [
    'two parts with the same helper',
    `${PARTS}@NearPart() class A extends C { @view({}) a() {}\n helper() {} }\n@NearPart() class B extends C { @view({}) b() {}\n helper() {} }`,
    /B has a method helper, as another part does/,
  ],
  [
    'a part of nothing',
    `${PARTS}class D {}\n@NearPart() class A extends D { @view({}) get() {} }`,
    /A extends no class with @NearBindgen/,
  ],
  [
    'a static method',
    `${IMPORTS}@NearBindgen({})\nclass A {\n  @view({}) static get() {} }`,
    /contract\.ts:4: A: only a plain method can be called/,
  ],
  ['a private method', `${IMPORTS}@NearBindgen({}) class A { @call({}) #secret() {} }`, /needs a plain name|private/],
  ['a class without a name', `${IMPORTS}export default @NearBindgen({}) class { @view({}) get() {} }`, /needs a name/],
  [
    'a host call outside of any method',
    `${IMPORTS}const me = near.currentAccountId()\n@NearBindgen({}) class A { @view({}) get() { return me } }`,
    /calls current_account_id while it is loaded/,
  ],
  [
    'an error at load time, with its place',
    `export function run() {}\nthrow new Error('told to')`,
    /told to[\s\S]*contract\.ts:2:/,
  ],
  [
    'a name that nearcore refuses',
    `function run() {}\nexport { run as '${'x'.repeat(257)}' }`,
    /at most 256 bytes in the name/,
  ],
])('refuses %s', async (_what, source, message) => {
  const entry = join(folder, 'contract.ts')
  writeFileSync(entry, source)

  const building = buildContract(entry)

  await expect(building).rejects.toThrow(message)
  await expect(building).rejects.toBeInstanceOf(BuildError)
})

test('refuses a contract that no transaction can deploy', async () => {
  const entry = join(folder, 'large.ts')
  // Of many characters, so that no compression by the engine could help; three bytes each.
  const text = Array.from({ length: 800_000 }, (_, index) =>
    String.fromCharCode(0x4e00 + ((index * 7919) % 20_000)),
  ).join('')
  writeFileSync(entry, `const text = ${JSON.stringify(text)}\nexport function run() { return text[text.length - 1] }`)

  await expect(buildContract(entry)).rejects.toThrow(/NEAR takes at most 1571840 bytes, the contract has \d+/)
})
