import {
  a2aService,
  agentCardSchema,
  buildRegistrationFile,
  checkRegistrationFile,
  fromDataUri,
  mcpService,
  readRegistrationFile,
  toDataUri,
} from '@parley/sdk'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'

const AGENT = { agentId: 22, agentRegistry: 'eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B' }

const about = {
  name: 'Invoice adder',
  description: 'Adds up invoices per currency, in an enclave.',
  services: [
    a2aService('https://agent.example/.well-known/agent-card.json'),
    mcpService('https://mcp.agent.example/'),
    { name: 'email', endpoint: 'mail@agent.example' },
    { name: 'ENS', endpoint: 'agent.eth', version: 'v1' },
  ],
  registrations: [AGENT],
  supportedTrust: ['tee-attestation'],
}

const problemsOf = (change: object, agent?: typeof AGENT) => {
  const checked = checkRegistrationFile({ ...buildRegistrationFile(about), ...change }, agent)
  return checked.status === 'valid' ? [] : checked.problems
}

describe('a registration file', () => {
  it('has the type and the words of ERC-8004', () => {
    const file = buildRegistrationFile(about)

    expect(file).toEqual({ type: 'https://eips.ethereum.org/EIPS/eip-8004#registration-v1', active: true, ...about })
    expect(file.services[0]).toEqual({ name: 'A2A', version: '0.3.0', endpoint: about.services[0]?.endpoint })
    expect(file.services[1]).toMatchObject({ name: 'MCP', version: '2025-06-18' })
  })

  it('may say more than anybody knows', () => {
    expect(
      problemsOf({ mood: 'good', services: [{ name: 'carrier pigeon', endpoint: 'Lea', colour: 'grey' }] }),
    ).toEqual([])
  })

  it('is not built from what is none', () => {
    const building = () => buildRegistrationFile({ ...about, services: [a2aService('agent.example')] })

    expect(building).toThrow(expect.objectContaining({ code: 'InputInvalid', field: 'registrationFile' }))
  })

  it.each([
    ['another type', { type: 'registration' }, 'type'],
    ['no name', { name: '' }, 'name'],
    ['no services', { services: undefined }, 'services'],
    ['an agent card that is nowhere', { services: [{ name: 'A2A', endpoint: 'javascript:alert(1)' }] }, 'services.0'],
    ['an MCP server that is a name', { services: [{ name: 'MCP', endpoint: 'my server' }] }, 'services.0'],
    ['an address of mail that is none', { services: [{ name: 'email', endpoint: 'nobody' }] }, 'services.0'],
    ['an identifier that is none', { services: [{ name: 'DID', endpoint: 'foobar' }] }, 'services.0'],
    ['an agent without a number', { registrations: [{ ...AGENT, agentId: '22' }] }, 'registrations.0.agentId'],
    [
      'a registry without a chain',
      { registrations: [{ ...AGENT, agentRegistry: '0x' }] },
      'registrations.0.agentRegistry',
    ],
    ['trust that is a word', { supportedTrust: 'reputation' }, 'supportedTrust'],
  ])('with %s says where the problem is', (_, change, path) => {
    expect(problemsOf(change)[0]).toMatch(new RegExp(`^${path}`))
  })

  it('is an agent’s when it names it, whatever the checksum', () => {
    const lowerCase = { ...AGENT, agentRegistry: AGENT.agentRegistry.toLowerCase() }
    expect(problemsOf({}, lowerCase)).toEqual([])

    const other = { ...AGENT, agentId: 23 }
    expect(problemsOf({}, other)).toEqual([`registrations: none is agent 23 of ${AGENT.agentRegistry}`])
    expect(problemsOf({ registrations: undefined }, AGENT)).toHaveLength(1)
  })

  it('with the former name of the list is read', () => {
    const { services: endpoints, ...rest } = buildRegistrationFile(about)

    expect(checkRegistrationFile({ ...rest, endpoints })).toMatchObject({
      status: 'valid',
      file: { services: endpoints },
    })
  })

  it.each([null, undefined, 5, 'file', []])('is not %j', (value) => {
    expect(checkRegistrationFile(value).status).toBe('invalid')
  })
})

describe('a data URI', () => {
  test('gives back the file that went in, whatever its texts', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 })

    fc.assert(
      fc.property(texts, texts, (name, description) => {
        const file = buildRegistrationFile({ ...about, name, description })
        expect(fromDataUri(toDataUri(file))).toEqual(file)
      }),
    )
  })

  it('may have percent signs instead of base64', () => {
    expect(fromDataUri(`data:application/json,${encodeURIComponent('{"name":"é"}')}`)).toEqual({ name: 'é' })
  })

  it.each([
    'data:text/html;base64,eA==',
    'data:application/json;base64,e',
    'data:application/json;base64,gICA',
    'data:application/json,{',
    'data:application/json,%',
    'ipfs://a',
    '',
  ])('is not %j', (uri) => {
    expect(() => fromDataUri(uri)).toThrow(expect.objectContaining({ code: 'InputInvalid' }))
  })
})

describe('readRegistrationFile', () => {
  const file = buildRegistrationFile(about)
  const answering =
    (body: BodyInit, status = 200) =>
    async () =>
      new Response(body, { status })

  it('reads what a URL answers, and the URI itself', async () => {
    const read = await readRegistrationFile('https://agent.example/a.json', answering(JSON.stringify(file)))

    expect(read).toEqual(file)
    expect(await readRegistrationFile(toDataUri(file), answering('never asked'))).toEqual(file)
  })

  it.each([
    ['no JSON', answering('hello'), 'InputInvalid'],
    ['an error', answering('{}', 500), 'Unavailable'],
    ['more than a file has', answering('x'.repeat(300_000)), 'Unavailable'],
    ['nothing', () => Promise.reject(new TypeError('fetch failed')), 'Unavailable'],
  ])('says so when there is %s', async (_, fetchFile, code) => {
    const reading = readRegistrationFile('https://agent.example/a.json', fetchFile)

    await expect(reading).rejects.toMatchObject({ code })
  })

  it.each(['ipfs://a', 'file:///etc/hosts', 'agent.json'])('does not read %s', async (uri) => {
    await expect(readRegistrationFile(uri, answering('{}'))).rejects.toMatchObject({ code: 'InputInvalid' })
  })
})

test('an agent card says who it is, what it can do and how to call it', () => {
  const card = {
    name: 'Invoice adder',
    description: 'Adds up invoices.',
    version: '1.0.0',
    supportedInterfaces: [{ url: 'https://agent.example/a2a', protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
    capabilities: { streaming: false },
    defaultInputModes: ['text/csv'],
    defaultOutputModes: ['application/json'],
    skills: [{ id: 'invoice-totals', name: 'Totals', description: 'Totals per currency', tags: ['invoices'] }],
  }

  expect(agentCardSchema.safeParse(card)).toMatchObject({ success: true })
  expect(agentCardSchema.safeParse({ ...card, supportedInterfaces: [] }).success).toBe(false)
  expect(agentCardSchema.safeParse({ ...card, skills: undefined }).success).toBe(false)
})
