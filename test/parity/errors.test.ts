/** Every error, one name: where a contract says no, where a service reads it, and where people meet it. */
import { readFile } from 'node:fs/promises'
import { readRevert, userAbis } from '@parley/evm'
import {
  contractErrorNames,
  type ErrorName,
  erc8004Errors,
  errors,
  nearContractErrorNames,
  ParleyError,
} from '@parley/protocol'
import { readPanic, readViewError, refusal } from '@parley/sdk'
import { type Abi, type AbiParameter, encodeErrorResult } from 'viem'
import { describe, expect, it } from 'vitest'
import { enclaveRegistryAbi, forwarderAbi } from '../../contracts/evm/generated/contracts.ts'

const names = Object.keys(errors) as ErrorName[]
const texts = Object.entries(erc8004Errors)
const abis: readonly Abi[] = [...Object.values(userAbis), enclaveRegistryAbi, forwarderAbi]
type AbiError = Extract<Abi[number], { readonly type: 'error' }>

const inSolidity = new Map(
  abis.flat().flatMap((item): [string, AbiError][] => (item.type === 'error' ? [[item.name, item]] : [])),
)

it.each(contractErrorNames.filter((name) => inSolidity.has(name)))(
  '%s is read from what Solidity reverts with',
  (name) => {
    const error = inSolidity.get(name) as AbiError

    const data = encodeErrorResult({ abi: [error], errorName: name, args: error.inputs.map(anyOf) })

    expect(readRevert(data)).toMatchObject({ name, reason: expect.stringMatching(`^${name}:`) })
  },
)

it.each(texts)('ERC-8004’s text "%s" is read as %s', (text, name) => {
  const data = encodeErrorResult({ abi: [TEXT], errorName: 'Error', args: [text] })

  expect(readRevert(data)).toEqual({ name, reason: `${name}:` })
})

it('each error of a contract on EVM has one or the other', () => {
  const said = [...inSolidity.keys(), ...texts.map(([, name]) => name)]

  expect(contractErrorNames.filter((name) => !said.includes(name))).toEqual([])
})

it.each([...contractErrorNames, ...nearContractErrorNames, 'InputInvalid'])(
  '%s is read from a panic on NEAR',
  (name) => {
    const panic = `${name}: alice.near 7`

    expect(readPanic(`${panic}\n  at hire (parley.js)`)).toMatchObject({ code: name, message: panic })
    expect(readViewError(`HostError(GuestPanic { panic_msg: "${panic}" })`)).toMatchObject({
      code: name,
      message: panic,
    })
  },
)

describe('each', () => {
  it('is in GraphQL’s enum, and nothing else is', async () => {
    const schema = await readFile(new URL('../../graphql/schema.graphql', import.meta.url), 'utf8')
    const [, body = ''] = /^enum ErrorName \{([\s\S]*?)^\}/m.exec(schema) ?? []

    const listed = body.match(/^ {2}\w+$/gm)?.map((line) => line.trim())

    expect(listed?.sort()).toEqual([...names].sort())
  })

  it.each(names)('comes out of a relayer’s answer as it went in: %s', (name) => {
    const { code, message, isRetryable } = new ParleyError(name, 'no')

    expect(refusal({ code, message, isRetryable })).toMatchObject({ code: name, isRetryable: errors[name] })
  })
})

const TEXT = { type: 'error', name: 'Error', inputs: [{ name: 'message', type: 'string' }] } as const

/** Some value of a type. */
function anyOf({ type }: AbiParameter): unknown {
  if (type === 'string' || type === 'bytes') return ''
  if (type === 'bool') return true
  const [, bytes] = /^bytes(\d+)$/.exec(type) ?? []
  if (type === 'address' || bytes !== undefined) return `0x${'11'.repeat(Number(bytes ?? 20))}`
  return 1n
}
