/**
 * Writes the vectors beside this file: `node protocol/vectors/generate.ts`. Every hash and signature here is viem's, never our own
 * code's: the type strings and formulas are written out once more, from EIP-712, NEP-413 and the comments in `protocol`.
 */
import { writeFile } from 'node:fs/promises'
import {
  concatHex,
  encodeAbiParameters,
  type Hex,
  hashDomain,
  hashStruct,
  hashTypedData,
  keccak256,
  numberToHex,
  sha256,
  stringToHex,
  zeroAddress,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const maxUint = (bits: bigint) => 2n ** bits - 1n
const word = (byte: string): Hex => `0x${byte.repeat(32)}`
const address = (byte: string): Hex => `0x${byte.repeat(20)}`

/** Keys 1, 2 and 3: anyone can sign the same. */
const keys = [1, 2, 3].map((number): Hex => `0x${number.toString(16).padStart(64, '0')}`)

const domains = [
  { chainId: 31337, verifyingContract: address('11') },
  { chainId: 1, verifyingContract: address('ff') },
] as const

const domainFields = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
] as const

/** By hand, so that a change of a message in `protocol` is a change here too. */
const typeStrings = {
  Call: 'Call(address to,bytes data)',
  ForwardRequest:
    'ForwardRequest(address from,Call[] calls,uint64 gas,uint256 nonce,uint64 deadline)Call(address to,bytes data)',
  EnclaveReport:
    'EnclaveReport(address enclave,bytes32 encryptionKey,address operator,bytes32 workload,bytes32 quoteId,bytes32 challenge,uint64 expiresAt)',
  JobRequest: 'JobRequest(bytes32 jobId,address provider,bytes32 bodyHash)',
  EnclaveResult:
    'EnclaveResult(bytes32 requestHash,bytes32 responseHash,bytes32 workload,uint8 observability,uint64 producedAt)',
  WorkRequest:
    'WorkRequest(address client,string text,address token,uint128 budget,uint64 deadline,address evaluator,string evaluatorTerms,uint256 nonce)',
  Bid: 'Bid(bytes32 requestId,address provider,uint256 agentId,string text,uint128 price,uint64 deadline,uint64 validUntil)',
  Award: 'Award(bytes32 requestId,bytes32 bidId)',
  Withdrawal: 'Withdrawal(bytes32 id)',
} as const

type MessageName = keyof typeof typeStrings

const transfer = { to: address('22'), data: '0xa9059cbb' }
const values: Readonly<Record<MessageName, readonly Record<string, unknown>[]>> = {
  Call: [transfer, { to: zeroAddress, data: '0x' }, { to: address('fe'), data: `0x${'ab'.repeat(100)}` }],
  ForwardRequest: [
    { from: address('33'), calls: [], gas: 0n, nonce: 0n, deadline: 0n },
    { from: address('33'), calls: [transfer], gas: 100_000n, nonce: 7n, deadline: 1_900_000_000n },
    {
      from: address('44'),
      calls: [transfer, { to: address('55'), data: '0x' }, transfer],
      gas: maxUint(64n),
      nonce: maxUint(256n),
      deadline: maxUint(64n),
    },
  ],
  EnclaveReport: [
    {
      enclave: address('66'),
      encryptionKey: word('e1'),
      operator: address('77'),
      workload: word('88'),
      quoteId: word('99'),
      challenge: word('aa'),
      expiresAt: 1_900_000_000n,
    },
  ],
  JobRequest: [{ jobId: word('0f'), provider: address('bb'), bodyHash: word('b0') }],
  EnclaveResult: [
    {
      requestHash: word('cc'),
      responseHash: word('dd'),
      workload: word('88'),
      observability: 0n,
      producedAt: 1_900_000_000n,
    },
    {
      requestHash: word('00'),
      responseHash: word('ff'),
      workload: word('01'),
      observability: 2n,
      producedAt: maxUint(64n),
    },
  ],
  WorkRequest: [
    {
      client: address('c1'),
      text: 'Add up my “invoices” – 3 € each,\nplease. 🙂',
      token: address('dd'),
      budget: 1_000_000n,
      deadline: 1_900_000_000n,
      evaluator: address('ee'),
      evaluatorTerms: 'Milestones judge=0x00 reviewSeconds=3600 amounts=300,700',
      nonce: 7n,
    },
    {
      client: zeroAddress,
      text: '',
      token: zeroAddress,
      budget: maxUint(128n),
      deadline: maxUint(64n),
      evaluator: zeroAddress,
      evaluatorTerms: '',
      nonce: maxUint(256n),
    },
  ],
  Bid: [
    {
      requestId: word('0a'),
      provider: address('bb'),
      agentId: 12n,
      text: 'Gladly.',
      price: 900_000n,
      deadline: 1_900_000_000n,
      validUntil: 1_899_990_000n,
    },
  ],
  Award: [{ requestId: word('0a'), bidId: word('0b') }],
  Withdrawal: [{ id: word('0a') }],
}

const digests: Record<MessageName, unknown[]> = {
  Call: [],
  ForwardRequest: [],
  EnclaveReport: [],
  JobRequest: [],
  EnclaveResult: [],
  WorkRequest: [],
  Bid: [],
  Award: [],
  Withdrawal: [],
}
for (const name of Object.keys(typeStrings) as MessageName[]) {
  for (const value of values[name]) {
    for (const [at, domain] of domains.entries())
      digests[name].push(await vectorOf(name, value, domain, keys[at % keys.length] as Hex))
  }
}

const bindings = [
  { enclave: address('66'), encryptionKey: word('e1'), operator: address('77'), challenge: word('aa') },
  { enclave: zeroAddress, encryptionKey: word('00'), operator: zeroAddress, challenge: word('00') },
] as const
const measurement = (byte: string): Hex => `0x${byte.repeat(48)}`
const workloads = [['01', '02', '03', '04', '05'] as const, ['00', '00', '00', '00', '00'] as const]
const signedQuote: Hex = `0x${Array.from({ length: 632 }, (_, at) => (at % 256).toString(16).padStart(2, '0')).join('')}`

const nep413Messages = [
  { message: 'Parley Award\n{}', nonce: word('0c'), recipient: 'parley.near' },
  { message: 'Ünïcode “€” 🙂', nonce: word('ff'), recipient: 'parley.test.near' },
  { message: '', nonce: word('00'), recipient: 'a.b' },
]

/** The files beside this one, by name; a test compares them. */
export const texts: Readonly<Record<string, string>> = {
  'typed-data.json': textOf({
    typeStrings: Object.entries(typeStrings).map(([name, text]) => ({
      name,
      text,
      hash: keccak256(stringToHex(text)),
    })),
    domains: domains.map((domain) => ({ ...domain, separator: separatorOf(domain) })),
    digests,
  }),

  'ids.json': textOf({
    jobIds: domains.flatMap((domain) =>
      [0n, 1n, 255n, 256n, maxUint(256n)].map((index) => ({
        domain,
        client: address('a1'),
        index,
        jobId: jobIdOf(separatorOf(domain), address('a1'), index),
      })),
    ),
    requestHashes: values.JobRequest.map((request) => ({
      request,
      hash: hashStruct({ types: typesOf('JobRequest'), primaryType: 'JobRequest', data: request }),
    })),
  }),

  'nep413.json': textOf(
    nep413Messages.map((signed) => {
      const payload = nep413PayloadOf(signed)
      return { ...signed, payload, hash: sha256(payload) }
    }),
  ),

  'attestation.json': textOf({
    reportData: bindings.map((binding) => ({
      binding,
      reportData: concatHex([
        binding.enclave,
        keccak256(concatHex([binding.encryptionKey, binding.operator, binding.challenge])),
        `0x${'00'.repeat(12)}`,
      ]),
    })),
    workloadIds: workloads.map((bytes) => {
      const [mrTd, rtMr0, rtMr1, rtMr2, mrConfigId] = bytes.map(measurement)
      return {
        measurements: { mrTd, rtMr0, rtMr1, rtMr2, mrConfigId },
        workloadId: keccak256(concatHex(bytes.map(measurement))),
      }
    }),
    quoteIds: [
      { quote: signedQuote, quoteId: keccak256(signedQuote) },
      { quote: concatHex([signedQuote, '0xdeadbeef']), quoteId: keccak256(signedQuote) },
    ],
  }),
}

async function vectorOf(name: MessageName, value: Record<string, unknown>, domain: (typeof domains)[number], key: Hex) {
  const types = typesOf(name)
  const typedData = { domain: fullDomain(domain), types, primaryType: name, message: value }
  const account = privateKeyToAccount(key)
  return {
    domain,
    value,
    structHash: hashStruct({ types, primaryType: name, data: value }),
    digest: hashTypedData(typedData),
    signer: account.address.toLowerCase(),
    signature: await account.signTypedData(typedData),
  }
}

/** viem's `types` object, read back from the type string. */
function typesOf(name: MessageName): Record<string, { name: string; type: string }[]> {
  const structs = typeStrings[name].matchAll(/(\w+)\(([^)]*)\)/g)
  return Object.fromEntries(
    [...structs].map(([, struct, fields]) => [
      struct,
      String(fields)
        .split(',')
        .map((field) => field.split(' '))
        .map(([type, field]) => ({ name: String(field), type: String(type) })),
    ]),
  )
}

function fullDomain(domain: (typeof domains)[number]) {
  return { name: 'Parley', version: '1', ...domain }
}

function separatorOf(domain: (typeof domains)[number]): Hex {
  const full = { ...fullDomain(domain), chainId: BigInt(domain.chainId) }
  return hashDomain({ domain: full, types: { EIP712Domain: domainFields } })
}

function jobIdOf(separator: Hex, client: Hex, index: bigint): Hex {
  const parameters = [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint256' }] as const
  return keccak256(encodeAbiParameters(parameters, [separator, client, index]))
}

/** Borsh of tag, message, nonce, recipient and no callback URL. */
function nep413PayloadOf({ message, nonce, recipient }: (typeof nep413Messages)[number]): Hex {
  const length = (text: string) => numberToHex(Buffer.byteLength(text), { size: 4 })
  const littleEndian = (word: Hex): Hex => `0x${Buffer.from(word.slice(2), 'hex').reverse().toString('hex')}`
  const text = (value: string) => concatHex([littleEndian(length(value)), stringToHex(value)])
  return concatHex([littleEndian(numberToHex(2n ** 31n + 413n)), text(message), nonce, text(recipient), '0x00'])
}

function textOf(vectors: unknown): string {
  return `${JSON.stringify(vectors, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(texts)) await writeFile(new URL(name, import.meta.url), text)
}
