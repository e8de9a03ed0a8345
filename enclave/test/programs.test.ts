import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulatedPlatform, type SimulatedPlatform } from '@parley/enclave/simulator'
import type { EnclaveIdentity } from '@parley/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { SignedReport } from '../src/verifier/server.ts'
import {
  EVM,
  EVM_DEPLOYMENT,
  eachChain,
  NEAR,
  NEAR_DEPLOYMENT,
  post,
  type RefusalBody,
  sealOrder,
  work,
} from './client.ts'
import { type Started, start } from './process.ts'
import { CHALLENGE, type RelayerStandIn, startRelayer } from './relayer-stand-in.ts'

const KEY = `0x${'01'.repeat(32)}` as const

let folder: string
let platform: SimulatedPlatform
const running: Started[] = []
let relayer: RelayerStandIn | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-enclave-'))
  platform = await createSimulatedPlatform()
  await writeFile(join(folder, 'platform.json'), JSON.stringify(await platform.toJson()))
  await writeFile(join(folder, 'root.pem'), platform.rootPem)
  await writeFile(join(folder, 'evm.json'), JSON.stringify(EVM_DEPLOYMENT))
  await writeFile(join(folder, 'near.json'), JSON.stringify(NEAR_DEPLOYMENT))
  await writeFile(join(folder, 'empty.json'), '{}')
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()))
  await relayer?.close()
})

afterAll(() => rm(folder, { recursive: true }))

describe('the enclave', () => {
  test.each(eachChain)(
    'listens, then registers on %s what a verifier believes, then works for it',
    async (chain, on) => {
      relayer = await startRelayer(['succeeded'])
      const verifier = run('verifier/main.ts', verifierEnvironment())
      const enclave = run('main.ts', enclaveEnvironment(relayer.url))

      const isThis = (line: object) => 'chain' in line && line.chain === chain
      const registered = await enclave.logged('registered', isThis)
      const { url: enclaveUrl } = await enclave.logged('listening')
      const { url: verifierUrl } = await verifier.logged('listening')

      const identity: EnclaveIdentity = await fetch(`${enclaveUrl}/v1/identity`).then((response) => response.json())
      const { operators, ...keys } = identity
      expect(operators).toEqual({ [EVM.chain]: EVM.operator, [NEAR.chain]: NEAR.operator })
      expect(registered).toMatchObject({ ...keys, operator: on.operator, simulated: true, transaction: '0x01' })
      const registration = relayer.registrations.find(isThis)
      const { status, body } = await post<SignedReport>(`${verifierUrl}/v1/reports`, registration)
      expect(status).toBe(200)
      expect(body).toMatchObject({
        verifier: privateKeyToAccount(KEY).address.toLowerCase(),
        report: {
          enclave: identity.enclave,
          encryptionKey: identity.encryptionKey,
          operator: on.operator,
          workload: identity.workload,
          challenge: CHALLENGE,
        },
      })
      const { order } = await sealOrder(identity.encryptionKey, { on })
      const worked = await work(String(enclaveUrl), order)
      expect(worked).toMatchObject({ status: 200, body: { chain, enclave: identity.enclave } })
    },
  )

  test('has other keys after a restart', async () => {
    relayer = await startRelayer(['succeeded'])
    const [one, other] = [1, 2].map(() => run('main.ts', enclaveEnvironment(relayer?.url ?? '')))

    const [first, second] = await Promise.all([one?.logged('registered'), other?.logged('registered')])

    expect(first?.enclave).not.toBe(second?.enclave)
    expect(first?.encryptionKey).not.toBe(second?.encryptionKey)
  })

  test('tries again when a refusal says that it may help, and logs its name', async () => {
    relayer = await startRelayer(['VerifiersUnavailable', 'ChainUnavailable', 'succeeded'])
    const enclave = run('main.ts', onlyNear(relayer.url))

    await enclave.logged('registered')

    expect(relayer.registrations).toHaveLength(3)
    expect(await enclave.logged('not registered yet, trying again')).toMatchObject({ code: 'VerifiersUnavailable' })
    expect(enclave.output()).toContain('ChainUnavailable')
  })

  test('answers while it waits for the registry', async () => {
    relayer = await startRelayer(['VerifiersUnavailable'])
    const enclave = run('main.ts', enclaveEnvironment(relayer.url))

    const { url } = await enclave.logged('listening')

    const health = await fetch(`${url}/health`)
    expect(await health.json()).toEqual({ status: 'ok' })
  })

  test('ends with code 1 and the reason when the registry does not want it', async () => {
    relayer = await startRelayer(['WorkloadNotAllowed'])
    const enclave = run('main.ts', onlyNear(relayer.url))

    expect(await enclave.exited).toBe(1)

    expect(relayer.registrations).toHaveLength(1)
    const message = 'the registry of near:localnet does not take this enclave (WorkloadNotAllowed): because'
    expect(await enclave.logged('failed')).toMatchObject({
      simulated: true,
      error: { code: 'WorkloadNotAllowed', message },
    })
  })

  test('without settings ends with code 2 and a sentence for each', async () => {
    const enclave = run('main.ts', { ENCLAVE_PORT: 'seven' })

    expect(await enclave.exited).toBe(2)

    for (const name of ['ENCLAVE_PORT', 'RELAYER_URL', 'SIMULATOR_PLATFORM'])
      expect(enclave.output()).toContain(`${name} is `)
    expect(enclave.output()).toContain('set EVM_DEPLOYMENT and EVM_OPERATOR, or NEAR_DEPLOYMENT and NEAR_OPERATOR')
    expect(enclave.output()).toContain('this version has the simulator only, no driver for a TEE yet')
  })

  test.each([
    ['', 'NEAR_OPERATOR is not set: set it to the account id'],
    ['No.Account', 'NEAR_OPERATOR is "No.Account" (must be an account id of NEAR)'],
  ])('with a chain and the operator "%s" on it says so', async (operator, complaint) => {
    const enclave = run('main.ts', { ...enclaveEnvironment('http://127.0.0.1:1'), NEAR_OPERATOR: operator })

    expect(await enclave.exited).toBe(2)

    expect(enclave.output()).toContain(complaint)
  })

  test.each([
    ['EVM_DEPLOYMENT', 'nowhere.json', 'cannot be read'],
    ['EVM_DEPLOYMENT', 'root.pem', 'cannot be read'],
    ['EVM_DEPLOYMENT', 'empty.json', 'chainId'],
    ['NEAR_DEPLOYMENT', 'empty.json', 'chainId'],
    ['SIMULATOR_PLATFORM', 'empty.json', 'toJson'],
  ])('with a %s that is %s says so', async (variable, file, problem) => {
    const environment = { ...enclaveEnvironment('http://127.0.0.1:1'), [variable]: join(folder, file) }
    const enclave = run('main.ts', environment)

    expect(await enclave.exited).toBe(2)

    expect(enclave.output()).toContain(`${variable}: ${join(folder, file)}`)
    expect(enclave.output()).toContain(problem)
  })
})

describe('a verifier', () => {
  test('trusts Intel unless it is told otherwise, and refuses the simulator by name', async () => {
    relayer = await startRelayer(['succeeded'])
    const { ATTESTATION_ROOT: _, ...environment } = verifierEnvironment()
    const verifier = run('verifier/main.ts', environment)
    const enclave = run('main.ts', enclaveEnvironment(relayer.url))
    const [{ url }] = await Promise.all([verifier.logged('listening'), enclave.logged('registered')])

    const { status, body } = await post<RefusalBody>(`${url}/v1/reports`, relayer.registrations[0])

    expect(status).toBe(422)
    expect(body.error).toMatchObject({ code: 'RootUntrusted', isRetryable: false })
    expect(await verifier.logged('refused a quote')).toMatchObject({ code: 'RootUntrusted' })
  })

  test('never writes its key', async () => {
    const verifier = run('verifier/main.ts', { ...verifierEnvironment(), LOG_LEVEL: 'debug' })
    await verifier.logged('listening')
    await verifier.stop()
    const mistaken = run('verifier/main.ts', { ...verifierEnvironment(), VERIFIER_KEY: `${KEY}99` })
    await mistaken.exited

    expect(mistaken.output()).toContain('VERIFIER_KEY')
    for (const { output } of [verifier, mistaken]) expect(output()).not.toContain(KEY.slice(2))
  })

  test('with a root that is no certificate says so', async () => {
    const path = join(folder, 'evm.json')
    const verifier = run('verifier/main.ts', { ...verifierEnvironment(), ATTESTATION_ROOT: path })

    expect(await verifier.exited).toBe(2)

    expect(verifier.output()).toContain(`ATTESTATION_ROOT: ${path} is not a certificate in PEM`)
  })
})

function run(program: 'main.ts' | 'verifier/main.ts', environment: Record<string, string>): Started {
  const started = start(program, environment)
  running.push(started)
  return started
}

function enclaveEnvironment(relayerUrl: string) {
  return {
    ENCLAVE_PORT: '0',
    RELAYER_URL: relayerUrl,
    EVM_DEPLOYMENT: join(folder, 'evm.json'),
    EVM_OPERATOR: EVM.operator,
    NEAR_DEPLOYMENT: join(folder, 'near.json'),
    NEAR_OPERATOR: NEAR.operator,
    SIMULATOR_PLATFORM: join(folder, 'platform.json'),
  }
}

function onlyNear(relayerUrl: string) {
  const { EVM_DEPLOYMENT: _deployment, EVM_OPERATOR: _operator, ...environment } = enclaveEnvironment(relayerUrl)
  return environment
}

function verifierEnvironment() {
  return {
    VERIFIER_PORT: '0',
    VERIFIER_KEY: KEY,
    EVM_DEPLOYMENT: join(folder, 'evm.json'),
    NEAR_DEPLOYMENT: join(folder, 'near.json'),
    ATTESTATION_ROOT: join(folder, 'root.pem'),
  }
}
