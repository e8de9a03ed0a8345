/** What SDKs and subgraphs of ERC-8004 call and read (version 2.0.0 of the reference): ours must have each to the letter. */
import { type Abi, type AbiParameter, parseAbi, toEventSelector, toFunctionSelector } from 'viem'
import { describe, expect, it } from 'vitest'
import { agentRegistryAbi } from '../generated/contracts.ts'

const identity = parseAbi([
  'struct MetadataEntry { string metadataKey; bytes metadataValue; }',
  'function register() returns (uint256 agentId)',
  'function register(string agentURI) returns (uint256 agentId)',
  'function register(string agentURI, MetadataEntry[] metadata) returns (uint256 agentId)',
  'function setAgentURI(uint256 agentId, string newURI)',
  'function getMetadata(uint256 agentId, string metadataKey) view returns (bytes)',
  'function setMetadata(uint256 agentId, string metadataKey, bytes metadataValue)',
  'function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes signature)',
  'function getAgentWallet(uint256 agentId) view returns (address)',
  'function unsetAgentWallet(uint256 agentId)',
  'function isAuthorizedOrOwner(address spender, uint256 agentId) view returns (bool)',
  'function getVersion() pure returns (string)',
  'function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)',
  'function owner() view returns (address)',
  'function upgradeToAndCall(address newImplementation, bytes data) payable',
  'function proxiableUUID() view returns (bytes32)',
  'function name() view returns (string)',
  'function symbol() view returns (string)',
  'function tokenURI(uint256 tokenId) view returns (string)',
  'function balanceOf(address owner) view returns (uint256)',
  'function ownerOf(uint256 tokenId) view returns (address)',
  'function approve(address to, uint256 tokenId)',
  'function getApproved(uint256 tokenId) view returns (address)',
  'function setApprovalForAll(address operator, bool approved)',
  'function isApprovedForAll(address owner, address operator) view returns (bool)',
  'function transferFrom(address from, address to, uint256 tokenId)',
  'function safeTransferFrom(address from, address to, uint256 tokenId)',
  'function safeTransferFrom(address from, address to, uint256 tokenId, bytes data)',
  'function supportsInterface(bytes4 interfaceId) view returns (bool)',
  'event Registered(uint256 indexed agentId, string agentURI, address indexed owner)',
  'event MetadataSet(uint256 indexed agentId, string indexed indexedMetadataKey, string metadataKey, bytes metadataValue)',
  'event URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy)',
  'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)',
  'event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)',
  'event ApprovalForAll(address indexed owner, address indexed operator, bool approved)',
])

describe.each([['identity', identity, agentRegistryAbi]] as const)(
  'the %s registry of ERC-8004',
  (_, standard, own) => {
    it.each(standard.map((item) => [`${item.type} ${item.name}(${item.inputs.map(typeOf).join()})`, item] as const))(
      'has the %s',
      (_, item) => {
        expect(shapesIn(own)).toContain(shapeOf(item))
      },
    )
  },
)

type Item = Extract<Abi[number], { readonly type: 'function' | 'event' }>

function shapesIn(abi: Abi): string[] {
  return abi.flatMap((item) => (item.type === 'function' || item.type === 'event' ? [shapeOf(item)] : []))
}

/** All that decides how it is encoded. Names are for readers, except those of an event's fields, which a subgraph's code has. */
function shapeOf(item: Item): string {
  if (item.type === 'event')
    return `${toEventSelector(item)} ${item.inputs.map(({ name, indexed }) => `${name}${indexed ? ' indexed' : ''}`)}`
  // Nobody calls otherwise what reads no state.
  const mutability = item.stateMutability === 'pure' ? 'view' : item.stateMutability
  return `${toFunctionSelector(item)} ${mutability} ${item.outputs.map(typeOf)}`
}

function typeOf({ type }: AbiParameter): string {
  return type
}
