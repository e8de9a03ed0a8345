import { expect, test } from 'vitest'
import { parseAccount, pickChain } from './chain-input.ts'

const EVM = { chain: 'eip155:31337' }
const NEAR = { chain: 'near:localnet' }

const invalid = (field: string) => expect.objectContaining({ code: 'InputInvalid', field })

test('the chain is the one that is named', () => {
  expect(pickChain(NEAR.chain, [EVM, NEAR])).toBe(NEAR)
  expect(pickChain(EVM.chain, [EVM])).toBe(EVM)
})

test('who serves one chain needs no name', () => {
  expect(pickChain(undefined, [NEAR])).toBe(NEAR)
})

test('who serves two does, and no chain is taken for another', () => {
  expect(() => pickChain(undefined, [EVM, NEAR])).toThrow(invalid('chain'))
  expect(() => pickChain('near:mainnet', [NEAR])).toThrow(invalid('chain'))
})

test('an address comes out in lower case', () => {
  expect(parseAccount(`0x${'aB'.repeat(20)}`, 'evm', 'operator')).toBe(`0x${'ab'.repeat(20)}`)
})

test.each(['agent.test.near', 'a-b_c.near', `0x${'ab'.repeat(20)}`, 'ab'.repeat(32)])('%s is an account id', (id) => {
  expect(parseAccount(id, 'near', 'operator')).toBe(id)
})

test.each([
  ['evm', 'agent.test.near'],
  ['evm', '0x12'],
  ['near', 'a'],
  ['near', 'Agent.near'],
  ['near', 'a..near'],
  ['near', '-a.near'],
  ['near', 'a'.repeat(65)],
] as const)('on %s, %s is no account, and the field is named', (kind, text) => {
  expect(() => parseAccount(text, kind, 'request.provider')).toThrow(invalid('request.provider'))
})
