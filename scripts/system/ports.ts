import { createServer } from 'node:net'
import { ConfigurationError } from '@parley/service'

/** Where each program listens, by the variable that sets it; 0 is any port that is free. */
const defaultPorts = {
  GRAPHQL_PORT: 4000,
  RELAYER_PORT: 4010,
  ENCLAVE_PORT: 4020,
  VERIFIER_PORT: 4030,
  EVM_PORT: 8545,
  NEAR_PORT: 3030,
} as const

/** Any two of three verifiers register an enclave: one may fail or lie. */
export const VERIFIERS = 3

export type Ports = Readonly<Record<keyof typeof defaultPorts, number>>

/** Ports from the environment. Throws a ConfigurationError for what is no port, and for one that is in use. */
export async function readPorts(environment: NodeJS.ProcessEnv): Promise<Ports> {
  const ports: Record<string, number> = {}
  for (const [variable, port] of Object.entries(defaultPorts)) {
    const given = environment[variable]?.trim()
    ports[variable] = given ? parsePort(variable, given) : port
  }
  for (const [variable, port] of Object.entries(ports)) {
    // One after the other, each in a port of its own.
    const count = variable === 'VERIFIER_PORT' && port !== 0 ? VERIFIERS : 1
    for (let at = 0; at < count; at++) await requireFree(variable, port + at)
  }
  return ports as Ports
}

function parsePort(variable: string, text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new ConfigurationError(`${variable} is "${text}": set it to a port, 0 for any that is free.`)
}

function requireFree(variable: string, port: number): Promise<void> {
  const probe = createServer()
  return new Promise((resolve, reject) => {
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      const remedy = `set ${variable} to another one (0 for any that is free)`
      const complaint =
        cause.code === 'EADDRINUSE'
          ? `Port ${port} is in use: ${remedy}, or end what listens there.`
          : `Port ${port} cannot be listened on (${cause.code}): ${remedy}.`
      reject(new ConfigurationError(complaint, { cause }))
    })
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()))
  })
}
