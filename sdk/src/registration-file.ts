/** What an agent says of itself in the file that its URI names (ERC-8004), where agents (A2A) and models (MCP) find it included. */
import { ParleyError } from '@parley/protocol'
import { z } from 'zod'

const TYPE = 'https://eips.ethereum.org/EIPS/eip-8004#registration-v1'

/** More is no file about an agent, and costs whoever reads it. */
const MAX_BYTES = 262_144

const text = z.string().min(1).max(4096)
const webUrl = z.url({ protocol: /^https?$/ })

/** An agent card (A2A), a server (MCP), a page, a record of OASF: something at a URL. */
const urlService = z.looseObject({
  name: z.enum(['A2A', 'MCP', 'web', 'OASF']),
  endpoint: z.union([webUrl, z.string().startsWith('ipfs://')]),
  version: text.optional(),
})
const emailService = z.looseObject({ name: z.literal('email'), endpoint: z.email() })
const didService = z.looseObject({ name: z.literal('DID'), endpoint: z.string().startsWith('did:') })

const KNOWN = ['A2A', 'MCP', 'web', 'OASF', 'email', 'DID']

/** Anybody may think of another kind. */
const otherService = z.looseObject({
  name: text.refine((name) => !KNOWN.includes(name), 'has no such endpoint'),
  endpoint: text,
})

/** Which agent it is: `agentRegistry` is the chain and the registry, `eip155:1:0x…` or `near:mainnet:agents.near`. */
export const registrationSchema = z.object({
  agentId: z.int().nonnegative(),
  agentRegistry: z.string().regex(/^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:\S{2,128}$/, 'is not namespace:chain:registry'),
})

/** A registration file. What it does not know it keeps. */
export const registrationFileSchema = z.looseObject({
  type: z.literal(TYPE),
  name: text,
  description: text,
  image: text.optional(),
  services: z.array(z.union([urlService, emailService, didService, otherService])),
  x402Support: z.boolean().optional(),
  active: z.boolean().optional(),
  registrations: z.array(registrationSchema).optional(),
  supportedTrust: z.array(text).optional(),
})

export type Registration = z.infer<typeof registrationSchema>
export type RegistrationFile = z.infer<typeof registrationFileSchema>

export type RegistrationFileCheck =
  | { readonly status: 'valid'; readonly file: RegistrationFile }
  /** What is wrong, a line each: `services.0.endpoint: …`. */
  | { readonly status: 'invalid'; readonly problems: readonly string[] }

/** An agent that others call at its agent card (A2A). */
export function a2aService(cardUrl: string, version = '0.3.0'): RegistrationFile['services'][number] {
  return { name: 'A2A', endpoint: cardUrl, version }
}

/** A server of tools for models (MCP). */
export function mcpService(endpoint: string, version = '2025-06-18'): RegistrationFile['services'][number] {
  return { name: 'MCP', endpoint, version }
}

/** A file of an agent that is active unless it says otherwise. Throws InputInvalid for what `checkRegistrationFile` would not take. */
export function buildRegistrationFile(
  about: Omit<RegistrationFile, 'type' | 'services'> & Partial<Pick<RegistrationFile, 'services'>>,
): RegistrationFile {
  const checked = checkRegistrationFile({ type: TYPE, services: [], active: true, ...about })
  if (checked.status === 'valid') return checked.file
  throw new ParleyError('InputInvalid', checked.problems.join('; '), { field: 'registrationFile' })
}

/**
 * Whether something is a registration file, and, where an agent is given, that agent's: who copies a file does not become the agent. A
 * file with the list's former name, `endpoints`, is read as one with `services`.
 */
export function checkRegistrationFile(value: unknown, agent?: Registration): RegistrationFileCheck {
  const parsed = registrationFileSchema.safeParse(withServices(value))
  if (!parsed.success)
    return {
      status: 'invalid',
      problems: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    }
  const isTheirs = agent === undefined || parsed.data.registrations?.some((registration) => isSame(registration, agent))
  if (isTheirs) return { status: 'valid', file: parsed.data }
  return { status: 'invalid', problems: [`registrations: none is agent ${agent.agentId} of ${agent.agentRegistry}`] }
}

/** The file in the URI itself: nobody can change or withhold it. */
export function toDataUri(file: RegistrationFile): string {
  const bytes = new TextEncoder().encode(JSON.stringify(file))
  return `data:application/json;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`
}

/** What a `data:` URI of JSON holds, in base64 or percent signs. Throws InputInvalid for any other URI. */
export function fromDataUri(uri: string): unknown {
  const [, encoding, content] = /^data:application\/json(?:;charset=utf-8)?(;base64)?,(.*)$/is.exec(uri) ?? []
  if (content === undefined || uri.length > 2 * MAX_BYTES) throw unreadable(uri)
  try {
    return JSON.parse(encoding === undefined ? decodeURIComponent(content) : fromBase64(content))
  } catch (cause) {
    throw unreadable(uri, cause)
  }
}

/**
 * What the file at an agent's URI says: of `data:` and, by `fetch`, of `https:` and `http:`. Throws InputInvalid for another URI or what is
 * no JSON, Unavailable when nobody answers with it.
 */
export async function readRegistrationFile(uri: string, fetchFile: typeof fetch = fetch): Promise<unknown> {
  if (/^data:/i.test(uri)) return fromDataUri(uri)
  if (!webUrl.safeParse(uri).success) throw unreadable(uri)
  const body = await fetchText(uri, fetchFile)
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw unreadable(uri, cause)
  }
}

async function fetchText(uri: string, fetchFile: typeof fetch): Promise<string> {
  try {
    const answer = await fetchFile(uri, { signal: AbortSignal.timeout(10_000) })
    if (!answer.ok) throw new Error(`status ${answer.status}`)
    return await textWithin(answer, MAX_BYTES)
  } catch (cause) {
    throw new ParleyError('Unavailable', `${uri.slice(0, 200)} does not answer with a registration file`, { cause })
  }
}

/** Reads no more than that: a server may send for ever. */
async function textWithin(answer: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw new RangeError(`it has more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer())
}

function fromBase64(content: string): string {
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0))
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

function withServices(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'services' in value || !('endpoints' in value)) return value
  const { endpoints, ...rest } = value
  return { ...rest, services: endpoints }
}

/** Addresses may have a checksum. */
function isSame(one: Registration, other: Registration): boolean {
  return one.agentId === other.agentId && one.agentRegistry.toLowerCase() === other.agentRegistry.toLowerCase()
}

function unreadable(uri: string, cause?: unknown): ParleyError {
  const shown = uri.length > 80 ? `${uri.slice(0, 80)}…` : uri
  return new ParleyError('InputInvalid', `"${shown}" is no registration file`, { field: 'agentURI', cause })
}
