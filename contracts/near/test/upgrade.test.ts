import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BOB, CAROL, OWNER } from './actors.ts'
import { type Call, type Chain, openChain, TERA } from './chain.ts'
import { DAY, operationOf } from './steps.ts'

const DELAY = 2n * DAY

let chain: Chain
let later: Uint8Array
/** Has no `on_upgrade`. */
let broken: Uint8Array
let restore: () => void

beforeAll(async () => {
  chain = await openChain({ timelockDelay: DELAY })
  later = withMethodRenamed(codeNow(), 'get_agent_wallet', 'see_agent_wallet')
  broken = await readFile(new URL('../generated/token.wasm', import.meta.url))
  await chain.send(BOB, chain.agents, 'register', { agent_uri: 'ipfs://a' })
  restore = chain.snapshot()
})

beforeEach(() => restore())

const hashOf = (code: Uint8Array) => `0x${createHash('sha256').update(code).digest('hex')}`
const codeNow = () => chain.node.query({ kind: 'latest' })?.viewCode(chain.agents)?.code ?? new Uint8Array()
const bringing = (code: Uint8Array): Call => {
  const args = { code: Buffer.from(code).toString('base64') }
  return [CAROL, chain.agents, 'upgrade', args, { gas: 300n * TERA }]
}

async function approve(code: Uint8Array): Promise<void> {
  const approving = { target: chain.agents, method: 'approve_upgrade', args: { code_hash: hashOf(code) } }
  const { value: id } = await chain.send(OWNER, chain.owner, 'schedule', { ...operationOf(approving), delay: DELAY })
  chain.warp(DELAY)
  await chain.send(CAROL, chain.owner, 'execute', { id })
}

/** Something of each kind that `agents` knows. */
async function fill(): Promise<void> {
  const { agents } = chain
  const [agent_id, client_address, oneYocto] = ['0', CAROL.accountId, { deposit: 1n }]
  const hash = hashOf(later)
  const said = { agent_id, value: '87', value_decimals: '0', tag1: 'starred', tag2: 'week', endpoint: '' }
  const asked = { agent_id, validator_address: CAROL.accountId, request_uri: 'ipfs://q' }
  await chain.send(BOB, agents, 'set_metadata', { agent_id, metadata_key: 'k', metadata_value: '0x01' })
  await chain.send(BOB, agents, 'nft_approve', { token_id: agent_id, account_id: OWNER.accountId }, oneYocto)
  for (const _ of [1, 2])
    await chain.send(CAROL, agents, 'give_feedback', { ...said, feedback_uri: '', feedback_hash: hash })
  await chain.send(CAROL, agents, 'revoke_feedback', { agent_id, feedback_index: '2' })
  const responding = { agent_id, client_address, feedback_index: '1', response_uri: 'ipfs://r', response_hash: hash }
  await chain.send(BOB, agents, 'append_response', responding)
  await chain.send(BOB, agents, 'validation_request', { ...asked, request_hash: hash })
  await chain.send(BOB, agents, 'request_validation', { ...asked, request_digest: hash })
  const found = { request_hash: hash, response: '70', response_uri: '', response_hash: hash, tag: 'tested' }
  await chain.send(CAROL, agents, 'validation_response', found)
  const wallet = { agent_id, new_wallet: CAROL.accountId, deadline: chain.now() + 300n }
  await chain.send(BOB, agents, 'set_agent_wallet', wallet)
}

function answers(): Promise<unknown[]> {
  const agent_id = '0'
  const client = { agent_id, client_address: CAROL.accountId }
  const clients = { agent_id, client_addresses: [CAROL.accountId], tag1: 'starred', tag2: '' }
  const asked: readonly (readonly [method: string, args: object])[] = [
    ['owner', {}],
    ['nft_token', { token_id: agent_id }],
    ['get_metadata', { agent_id, metadata_key: 'k' }],
    ['read_all_feedback', { ...clients, client_addresses: [], include_revoked: true }],
    ['get_summary', clients],
    ['get_response_count', { ...client, feedback_index: '1', responders: [] }],
    ['get_validation_status', { request_hash: hashOf(later) }],
    ['get_validation_summary', { agent_id, validator_addresses: [], tag: 'tested' }],
    ['get_agent_validations', { agent_id }],
    ['get_validator_requests', { validator_address: CAROL.accountId }],
    ['storage_balance_of', { account_id: BOB.accountId }],
  ]
  return Promise.all(asked.map(([method, args]) => chain.view(chain.agents, method, args)))
}

describe('an upgrade of agents', () => {
  it('replaces the code by what the timelock approved, and keeps the state', async () => {
    const { agents } = chain
    await approve(later)
    await fill()
    const before = await answers()

    await chain.send(...bringing(later))

    expect(Buffer.from(codeNow()).equals(later)).toBe(true)
    expect(await chain.view(agents, 'see_agent_wallet', { agent_id: '0' })).toBe(BOB.accountId)
    await expect(chain.view(agents, 'get_agent_wallet', { agent_id: '0' })).rejects.toThrow('MethodNotFound')
    expect(await answers()).toEqual(before)
    expect(JSON.stringify(before)).toMatch(/ipfs:\/\/a.*0x01.*starred.*"summary_value":"87".*"average_response":"70"/)
    // Ids are numbered on, and what was offered is accepted.
    expect((await chain.send(BOB, agents, 'register', { agent_uri: 'ipfs://b' })).value).toBe('1')
    await chain.send(CAROL, agents, 'accept_agent_wallet', { agent_id: '0' })
    expect(await chain.view(agents, 'see_agent_wallet', { agent_id: '0' })).toBe(CAROL.accountId)
  })

  it.each([OWNER, CAROL])('is not for $accountId to approve', async (who) => {
    const approving = chain.send(who, chain.agents, 'approve_upgrade', { code_hash: hashOf(later) })

    await expect(approving).rejects.toThrow(`OwnableUnauthorizedAccount: ${who.accountId}`)
  })

  it('refuses code that was not approved', async () => {
    await expect(chain.send(...bringing(later))).rejects.toThrow(`CodeNotApproved: ${hashOf(later)}`)

    await approve(broken)
    await expect(chain.send(...bringing(later))).rejects.toThrow(`CodeNotApproved: ${hashOf(later)}`)
  })

  it('happens once for an approval, though two bring the code in one block', async () => {
    await approve(later)

    const [first, second] = chain.attemptTogether(bringing(later), bringing(later))

    expect(first?.failure).toBeUndefined()
    expect(second?.failure).toBe('CodeNotApproved: none')
    await expect(chain.send(...bringing(later))).rejects.toThrow(`CodeNotApproved: ${hashOf(later)}`)
  })

  it('that the new code does not take leaves all as it was, and the approval', async () => {
    const before = codeNow()
    await approve(broken)

    await expect(chain.send(...bringing(broken))).rejects.toThrow()

    expect(Buffer.from(codeNow()).equals(before)).toBe(true)
    expect(await chain.view(chain.agents, 'token_uri', { agent_id: '0' })).toBe('ipfs://a')
    await approve(later)
    await chain.send(...bringing(later))
  })

  it('brought with too little gas does nothing', async () => {
    await approve(later)
    const [from, contract, method, args] = bringing(later)

    await expect(chain.send(from, contract, method, args, { gas: 120n * TERA })).rejects.toThrow()

    await chain.send(...bringing(later))
  })

  it('takes code that has become half as long again', async () => {
    const longer = Buffer.concat([later, customSection(Math.ceil(later.length / 2))])
    await approve(longer)

    await chain.send(...bringing(longer))

    expect(Buffer.from(codeNow()).equals(longer)).toBe(true)
  })

  it('has a callback for the contract itself only', async () => {
    await approve(later)

    const calling = chain.send(CAROL, chain.agents, 'on_upgrade', {})
    await expect(calling).rejects.toThrow(`SelfOnly: ${CAROL.accountId}`)
  })

  it('can be taken back before it happens', async () => {
    await approve(later)
    const forgetting = { target: chain.agents, method: 'approve_upgrade', args: { code_hash: null } }
    const { value: id } = await chain.send(OWNER, chain.owner, 'schedule', { ...operationOf(forgetting), delay: DELAY })
    chain.warp(DELAY)
    await chain.send(OWNER, chain.owner, 'execute', { id })

    await expect(chain.send(...bringing(later))).rejects.toThrow(`CodeNotApproved: ${hashOf(later)}`)
  })
})

/** Other code that does the same: the name of an export is another, as long. */
function withMethodRenamed(code: Uint8Array, from: string, to: string): Uint8Array {
  const changed = Buffer.from(code)
  const at = changed.indexOf(Buffer.concat([Buffer.of(from.length), Buffer.from(from), Buffer.of(0)]))
  if (at < 0) throw new Error(`no method ${from}`)
  changed.write(to, at + 1)
  return changed
}

/** A section that means nothing; bytes of all kinds, for zeros cost less. */
function customSection(length: number): Uint8Array {
  const size = length + 1
  const leb128 = [(size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14]
  return Buffer.concat([Buffer.of(0, ...leb128, 0), Uint8Array.from({ length }, (_, at) => (at * 31) & 0xff)])
}
