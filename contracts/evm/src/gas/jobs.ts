import { encodeAbiParameters, parseAbiParameters } from 'viem'
import {
  ALICE,
  addressOf,
  BOB,
  CAROL,
  type Chain,
  encodeCall,
  NOBODY,
  OPERATOR,
  OWNER,
  RELAYER,
  WORKLOAD,
} from '../../test/chain.ts'
import {
  acceptance,
  BODY_HASH,
  BUDGET,
  createFundedJob,
  createJob,
  createSubmittedJob,
  DAY,
  hiringOf,
} from '../../test/fixtures.ts'
import { callOf, forward } from '../../test/signing.ts'
import { URI } from './agents.ts'
import type { Measure } from './measure.ts'

/** What the enclaves' evaluator is told by a hiring. */
const TERMS = parseAbiParameters('bytes32 bodyHash, bytes32 workload, uint8 observability')

export async function wholeJob(chain: Chain, measure: Measure) {
  const { escrow, evaluator, dollar } = chain
  const jobId = await chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const creation = creationOf(chain)
  await measure('job direct: createJob', chain.send(ALICE, escrow, 'createJob', creation))
  await measure('job direct: setBudget', chain.send(ALICE, escrow, 'setBudget', [jobId, dollar.address, BUDGET, '0x']))
  await measure('job direct: setTerms', chain.send(ALICE, evaluator, 'setTerms', [jobId, BODY_HASH, WORKLOAD, 0]))
  await measure('job direct: fund', chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x']))
  await measure('job direct: submit', chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x']))
  const accepting = chain.send(RELAYER, evaluator, 'acceptResult', await acceptance(chain, jobId))
  await measure('job direct: acceptResult', accepting)
}

/** ERC-8183 alone, as its reference was measured: five transactions, an account as evaluator. */
export async function coreJob(chain: Chain, measure: Measure) {
  const { escrow, dollar } = chain
  const jobId = await chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const [provider, , ...rest] = creationOf(chain)
  await measure('job core: createJob', chain.send(ALICE, escrow, 'createJob', [provider, addressOf(CAROL), ...rest]))
  await measure('job core: setBudget', chain.send(ALICE, escrow, 'setBudget', [jobId, dollar.address, BUDGET, '0x']))
  await measure('job core: fund', chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x']))
  await measure('job core: submit', chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x']))
  await measure('job core: complete', chain.send(CAROL, escrow, 'complete', [jobId, BODY_HASH, '0x']))
}

/** The same job, opened by one call, and by one batch of ERC-8183's own calls. */
export async function jobInThree(chain: Chain, measure: Measure) {
  const { escrow, dollar } = chain
  const next = () => chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const evaluator = addressOf(CAROL)
  const hired = await next()
  await measure('job in three: hire', chain.send(ALICE, escrow, 'hire', [hiringOf(chain, { evaluator })]))
  await measure('job in three: submit', chain.send(BOB, escrow, 'submit', [hired, BODY_HASH, '0x']))
  await measure('job in three: complete', chain.send(CAROL, escrow, 'complete', [hired, BODY_HASH, '0x']))

  const jobId = await next()
  const [provider, , ...rest] = creationOf(chain)
  const opening = [
    encodeCall(escrow.abi, 'createJob', [provider, evaluator, ...rest]),
    encodeCall(escrow.abi, 'setBudget', [jobId, dollar.address, BUDGET, '0x']),
    encodeCall(escrow.abi, 'fund', [jobId, BUDGET, '0x']),
  ]
  await measure('job in three: multicall (create, budget, fund)', chain.send(ALICE, escrow, 'multicall', [opening]))
}

/** One request hires; one submits; anyone brings the result. */
export async function wholeSponsoredJob(chain: Chain, measure: Measure, nonce: bigint) {
  const { escrow, evaluator } = chain
  const jobId = await chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const terms = encodeAbiParameters(TERMS, [BODY_HASH, WORKLOAD, 0])
  const hiring = [callOf(escrow, 'hire', [hiringOf(chain, { terms })])]
  await measure('job sponsored: hire', forward(chain, RELAYER, ALICE, hiring, { nonce }))
  const submission = [callOf(escrow, 'submit', [jobId, BODY_HASH, '0x'])]
  await measure('job sponsored: submit', forward(chain, RELAYER, BOB, submission, { nonce }))
  const accepting = chain.send(RELAYER, evaluator, 'acceptResult', await acceptance(chain, jobId))
  await measure('job sponsored: acceptResult', accepting)
}

/** Paid from the ledger, into the ledger. The escrow is Alice's operator there already. */
export async function measureLedgerJob(chain: Chain, measure: Measure) {
  const { escrow } = chain
  const jobId = await chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const hiring = hiringOf(chain, { evaluator: addressOf(CAROL), budget: 10n, isInLedger: true })
  await measure('job from the ledger: hire', chain.send(ALICE, escrow, 'hire', [hiring]))
  await measure('job from the ledger: submit', chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x']))
  await measure('job from the ledger: complete', chain.send(CAROL, escrow, 'complete', [jobId, BODY_HASH, '0x']))
}

/** Jobs that pay the protocol 2 %, and what their client says on it. */
export async function measureFees(chain: Chain, measure: Measure) {
  const { escrow, reputation, dollar } = chain
  await chain.send(OWNER, escrow, 'setPlatformFee', [200n, addressOf(OPERATOR)])
  await measure(
    'feedback: set token price',
    chain.send(OWNER, reputation, 'setTokenPrice', [dollar.address, 10n ** 18n]),
  )
  await chain.send(OWNER, reputation, 'setWeightCap', [1_000_000])
  for (const first of [', first of the token', '']) {
    const jobId = await createSubmittedJob(chain, { evaluator: addressOf(CAROL) })
    const completing = chain.send(CAROL, escrow, 'complete', [jobId, BODY_HASH, '0x'])
    await measure(`job with a fee: complete${first}`, completing)
    const feedback = [jobId, 0n, 87n, 0, 'starred', 'week', 'https://agent.example/price', URI, BODY_HASH] as const
    const giving = chain.send(ALICE, reputation, 'giveBackedFeedback', feedback)
    await measure(`feedback: backed${first && ', first of a client in a month'}`, giving)
  }
  await measure('job with a fee: collect', chain.send(RELAYER, escrow, 'collectFees', [dollar.address]))
}

export async function measureRefunds(chain: Chain, measure: Measure) {
  const open = await createJob(chain)
  const funded = await createFundedJob(chain)
  const judged = await createFundedJob(chain, { evaluator: addressOf(CAROL) })
  await measure('job: reject while open', chain.send(ALICE, chain.escrow, 'reject', [open, BODY_HASH, '0x']))
  await measure('job: reject with refund', chain.send(CAROL, chain.escrow, 'reject', [judged, BODY_HASH, '0x']))
  chain.warp(DAY)
  await measure('job: claimRefund', chain.send(CAROL, chain.escrow, 'claimRefund', [funded]))
}

function creationOf(chain: Chain) {
  return [addressOf(BOB), chain.evaluator.address, chain.now() + DAY, 'Translate', NOBODY, 0n] as const
}
