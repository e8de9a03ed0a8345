import type { Hex } from '@parley/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { deployContracts } from '../src/deployment.ts'
import { CAROL, OWNER, PEOPLE, ROOT } from './actors.ts'
import { type Chain, openChain, QUORUM, VERIFIERS } from './chain.ts'
import { deployerOf, failureOf, transact } from './transactions.ts'

const [first, second, third] = VERIFIERS.map(({ address }) => address.toLowerCase()) as [Hex, Hex, Hex]
const NOBODY: Hex = `0x${'00'.repeat(20)}`

let chain: Chain

beforeAll(async () => {
  chain = await openChain()
})

describe('a deployment', () => {
  it('is as it was asked for, verifiers in whatever order', async () => {
    expect(await chain.view(chain.parley, 'owner')).toBe(OWNER.accountId)
    expect(await chain.view(chain.parley, 'pending_owner')).toBeNull()
    expect(await chain.view(chain.parley, 'agents')).toBe(chain.agents)
    expect(await chain.view(chain.parley, 'quorum')).toBe(String(QUORUM))
    expect(await chain.view(chain.parley, 'max_age')).toBe('604800')
    for (const verifier of [first, second, third])
      expect(await chain.view(chain.parley, 'is_verifier', { verifier })).toBe(true)
    expect(await chain.view(chain.parley, 'is_token_trusted', { token: chain.dollar })).toBe(true)
  })

  it('leaves no key by which anybody could change a contract', () => {
    for (const contract of [chain.agents, chain.parley, chain.dollar])
      expect(chain.node.query({ kind: 'latest' })?.viewAccessKeyList(contract)).toEqual([])
  })

  it('has a token of six decimals, all of it its owner’s', async () => {
    const metadata = { spec: 'ft-1.0.0', name: 'Demo Dollar', symbol: 'DUSD', decimals: 6 }
    expect(await chain.view(chain.dollar, 'ft_metadata')).toMatchObject(metadata)
    expect(await chain.view(chain.dollar, 'ft_total_supply')).toBe(String(10n ** 15n))
    expect(await chain.view(chain.dollar, 'ft_balance_of', { account_id: OWNER.accountId })).toBe(String(10n ** 15n))
    for (const { accountId } of PEOPLE)
      expect(await chain.view(chain.dollar, 'storage_balance_of', { account_id: accountId })).not.toBeNull()
  })

  it('happens once: init is refused from then on', async () => {
    const again = chain.send(OWNER, chain.parley, 'init', { owner: CAROL.accountId })

    await expect(again).rejects.toThrow('Contract already initialized')
  })
})

describe('init', () => {
  const asked = {
    owner: OWNER.accountId,
    agents: 'agents.test.near',
    verifiers: [first, second],
    quorum: '2',
    max_age: '604800',
    tokens: [],
  }

  it.each([
    ['a quorum of none', { quorum: '0' }, 'QuorumInvalid: 0 2'],
    ['a quorum of more than there are', { quorum: '3' }, 'QuorumInvalid: 3 2'],
    ['a verifier twice', { verifiers: [first, first] }, `VerifiersOutOfOrder: ${first}`],
    ['verifiers out of order', { verifiers: [second, first] }, `VerifiersOutOfOrder: ${first}`],
    ['no verifiers', { verifiers: [] }, 'QuorumInvalid: 2 0'],
    ['a verifier that is none', { verifiers: [first, 5] }, 'InputInvalid: verifiers '],
    ['an owner that is none', { owner: 'A' }, 'InputInvalid: owner '],
    ['a registry that is none', { agents: null }, 'InputInvalid: agents '],
    ['a token that is none', { tokens: [''] }, 'InputInvalid: tokens '],
    ['an age that no number holds', { max_age: String(2n ** 48n) }, 'InputInvalid: max_age '],
  ])('refuses %s', (_, change, refusal) => {
    const code = chain.node.query({ kind: 'latest' })?.viewCode(chain.parley)?.code ?? new Uint8Array()

    const init = Buffer.from(JSON.stringify({ ...asked, ...change }))
    const status = transact(chain.node, {
      signer: ROOT,
      receiverId: 'second.test.near',
      actions: [
        { kind: 'CreateAccount' },
        { kind: 'Transfer', deposit: 20n * 10n ** 24n },
        { kind: 'DeployContract', code },
        { kind: 'FunctionCall', methodName: 'init', args: init, gas: 10n ** 14n, deposit: 0n },
      ],
    })

    expect(failureOf(status)).toContain(refusal)
  })

  it('with the zero address as verifier never counts a signature that recovers to nobody', async () => {
    const options = { owner: OWNER.accountId, verifiers: [NOBODY, first], quorum: 1, maxAge: 604_800n }
    const { parley } = await deployContracts(deployerOf(chain.node, OWNER), options)
    const workload = `0x${'77'.repeat(32)}`
    await chain.send(OWNER, parley, 'set_workload', { workload, is_allowed: true })
    const { value: challenge } = await chain.send(OWNER, parley, 'issue_challenge', {})
    const hash = `0x${'0a'.repeat(32)}`
    const report = {
      enclave: first,
      encryption_key: hash,
      operator: CAROL.accountId,
      workload,
      quote_id: hash,
      challenge,
      expires_at: String(chain.now() + 5n),
    }

    const registering = chain.send(OWNER, parley, 'register_enclave', { report, signatures: [`0x${'00'.repeat(65)}`] })
    await expect(registering).rejects.toThrow(`VerifiersOutOfOrder: ${NOBODY}`)
  })
})

it('methods that take no money refuse it', async () => {
  const paying = chain.send(OWNER, chain.parley, 'issue_challenge', {}, { deposit: 1n })

  await expect(paying).rejects.toThrow('Function is not payable')
})
