import { readdir, readFile } from 'node:fs/promises'
import {
  Call,
  contractErrorNames,
  EnclaveReport,
  EnclaveResult,
  type EventName,
  erc8004Errors,
  events,
  ForwardRequest,
  JobRequest,
  messages,
  typeString,
} from '@parley/protocol'
import { type AbiEvent, keccak256, stringToHex } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import * as contracts from '../generated/contracts.ts'
import { GENERATED, generate } from '../src/generate.ts'
import { compiling } from './artifacts.ts'
import { type Chain, openChain } from './chain.ts'

const items = [
  ...contracts.forwarderAbi,
  ...contracts.agentRegistryAbi,
  ...contracts.reputationRegistryAbi,
  ...contracts.validationRegistryAbi,
  ...contracts.enclaveRegistryAbi,
  ...contracts.jobEscrowAbi,
  ...contracts.enclaveEvaluatorAbi,
  ...contracts.ledgerAbi.map(renamed),
  ...contracts.guardrailsAbi,
  ...contracts.quorumEvaluatorAbi,
  ...contracts.milestoneEvaluatorAbi,
  ...contracts.arbitratedEvaluatorAbi,
  ...contracts.crowdPayoutAbi,
]

/** OpenZeppelin's own, which nobody but wallets and explorers reads. */
const LIBRARY_EVENTS = [
  'Approval',
  'ApprovalOfTokens',
  'ApprovalForAll',
  'BatchMetadataUpdate',
  'EIP712DomainChanged',
  'MetadataUpdate',
  'OwnershipTransferStarted',
  'OwnershipTransferred',
  'Upgraded',
]

/** OpenZeppelin's own; a caller sees them as `Name: arguments`, without a name of Parley's. */
const LIBRARY_ERRORS = [
  'AddressEmptyCode',
  'ERC1967InvalidImplementation',
  'ERC1967NonPayable',
  'ERC721IncorrectOwner',
  'ERC721InsufficientApproval',
  'ERC721InvalidApprover',
  'ERC721InvalidOperator',
  'ERC721InvalidOwner',
  'ERC721InvalidReceiver',
  'ERC721InvalidSender',
  'ERC721NonexistentToken',
  'FailedCall',
  'InvalidShortString',
  'MerkleProofInvalidMultiproof',
  'OwnableInvalidOwner',
  'OwnableUnauthorizedAccount',
  'ReentrancyGuardReentrantCall',
  'SafeERC20FailedOperation',
  'StringTooLong',
  'UUPSUnauthorizedCallContext',
  'UUPSUnsupportedProxiableUUID',
]

/** ERC-6909's events under names of their own: ERC-721 has others that are called the same. */
function renamed(item: (typeof contracts.ledgerAbi)[number]) {
  if (item.type !== 'event') return item
  if (item.name === 'Approval') return { ...item, name: 'ApprovalOfTokens' } as const
  if (item.name !== 'Transfer') return item
  const names = { caller: 'caller', sender: 'from', receiver: 'to', id: 'token', amount: 'amount' } as const
  // A token's id is its address.
  const inputs = item.inputs.map((input) => ({
    ...input,
    name: names[input.name],
    type: input.name === 'id' ? 'address' : input.type,
  }))
  return { ...item, name: 'LedgerTransfer', inputs } as const
}

describe('type hashes', () => {
  let chain: Chain

  beforeAll(async () => {
    chain = await openChain()
  })

  it('of the deployed contracts are those of protocol', async () => {
    const deployed = {
      Call: await chain.read(chain.forwarder, 'CALL_TYPEHASH', []),
      ForwardRequest: await chain.read(chain.forwarder, 'FORWARD_REQUEST_TYPEHASH', []),
      EnclaveReport: await chain.read(chain.enclaves, 'ENCLAVE_REPORT_TYPEHASH', []),
      JobRequest: await chain.read(chain.evaluator, 'JOB_REQUEST_TYPEHASH', []),
      EnclaveResult: await chain.read(chain.evaluator, 'ENCLAVE_RESULT_TYPEHASH', []),
    }

    const own = { Call, ForwardRequest, EnclaveReport, JobRequest, EnclaveResult }
    expect(Object.keys(own)).toEqual(Object.keys(messages))
    const hashes = Object.entries(own).map(([name, message]) => [name, keccak256(stringToHex(typeString(message)))])
    expect(deployed).toEqual(Object.fromEntries(hashes))
  })

  it('of every contract that signs are of the domain that protocol computes', async () => {
    for (const contract of [chain.forwarder, chain.enclaves, chain.escrow, chain.evaluator]) {
      const [fields, name, version, chainId, address] = await chain.read(
        { abi: chain.forwarder.abi, address: contract.address },
        'eip712Domain',
        [],
      )
      expect({ fields, name, version, chainId, address }).toEqual({
        fields: '0x0f',
        name: 'Parley',
        version: '1',
        chainId: BigInt(chain.chainId),
        address: contract.address,
      })
    }
  })
})

describe('events', () => {
  const inSolidity = new Map<string, AbiEvent>(
    items.filter((item) => item.type === 'event').map((item) => [item.name, item]),
  )

  it.each(Object.keys(events) as EventName[])('%s has the names, order and kinds of its Solidity event', (name) => {
    const inputs = inSolidity.get(name)?.inputs ?? []

    const fields = inputs.map((input) => [input.name, kindOf(input)])
    const solidity = { reason: 'bytes', account: 'address', accounts: 'address[]' } as Record<string, string>
    const expected = Object.entries(events[name]).map(([field, kind]) => [field, solidity[kind] ?? kind])
    expect(fields).toEqual(expected)
  })

  it('of Solidity are all in protocol, but for the libraries’', () => {
    const names = [...inSolidity.keys()].filter((name) => !LIBRARY_EVENTS.includes(name))

    expect(names.sort()).toEqual(Object.keys(events).sort())
    for (const name of LIBRARY_EVENTS) expect([...inSolidity.keys()]).toContain(name)
  })

  it('of one name are the same in every contract that has them', () => {
    for (const [name, event] of inSolidity) {
      const same = items.filter((item) => item.type === 'event' && item.name === name)
      for (const other of same) expect(other).toEqual(event)
    }
  })
})

describe('errors', () => {
  const names = [...new Set(items.filter((item) => item.type === 'error').map(({ name }) => name))]

  it('of Solidity are all in protocol and the other way round, but for the libraries’', () => {
    const own = names.filter((name) => !LIBRARY_ERRORS.includes(name))

    const all = new Set<string>([...own, ...Object.values(erc8004Errors)])
    expect([...all].sort()).toEqual([...contractErrorNames].sort())
  })

  it('that Solidity says by a text are ERC-8004’s, and have a name each', async () => {
    const folder = new URL('../contracts/', import.meta.url)
    const sources = (await readdir(folder)).filter((file) => file.endsWith('.sol'))
    const texts = await Promise.all(sources.map((file) => readFile(new URL(file, folder), 'utf8')))
    const said = texts.flatMap((text) =>
      [...text.matchAll(/require\((?:[^;"]*), "([^"]*)"\);/g)].map(([, what]) => what),
    )

    expect([...new Set(said)].sort()).toEqual(Object.keys(erc8004Errors).sort())
  })

  it('of the libraries are listed no longer than they exist', () => {
    for (const name of LIBRARY_ERRORS) expect(names).toContain(name)
  })
})

describe('contracts', () => {
  it('generated/contracts.ts is what the sources give now (update: npm run build:evm)', async () => {
    const text = await compiling(generate)

    expect(text === (await readFile(GENERATED, 'utf8'))).toBe(true)
  })

  it.each([
    ['Forwarder', contracts.forwarderBytecode],
    ['AgentRegistry', contracts.agentRegistryBytecode],
    ['ReputationRegistry', contracts.reputationRegistryBytecode],
    ['ValidationRegistry', contracts.validationRegistryBytecode],
    ['EnclaveRegistry', contracts.enclaveRegistryBytecode],
    ['JobEscrow', contracts.jobEscrowBytecode],
    ['EnclaveEvaluator', contracts.enclaveEvaluatorBytecode],
    ['Ledger', contracts.ledgerBytecode],
    ['Guardrails', contracts.guardrailsBytecode],
    ['QuorumEvaluator', contracts.quorumEvaluatorBytecode],
    ['MilestoneEvaluator', contracts.milestoneEvaluatorBytecode],
    ['ArbitratedEvaluator', contracts.arbitratedEvaluatorBytecode],
    ['CrowdPayout', contracts.crowdPayoutBytecode],
  ])('%s fits the limit on code (EIP-170), constructor and all', (_, bytecode) => {
    expect(bytecode.length / 2 - 1).toBeLessThan(24_576)
  })
})

function kindOf({ type, indexed }: AbiEvent['inputs'][number]): string {
  // An indexed text is in the log as its hash.
  if (indexed && type === 'string') return 'bytes32'
  if (type.startsWith('int')) return 'int'
  if (type === 'bytes4') return 'bytes'
  if (type.startsWith('uint')) return type.endsWith('[]') ? 'uints' : 'uint'
  return type
}
