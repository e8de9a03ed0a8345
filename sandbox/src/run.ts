import { flushCompileCache } from 'node:module'
import { parseListenAddress } from './cli.ts'
import { type Home, readHome } from './home/home.ts'
import { HomeError } from './home/home-error.ts'
import { createNode } from './index.ts'
import { parametersOf } from './parameters/index.ts'
import { formatKey } from './primitives/index.ts'
import type { RpcContext } from './rpc/methods/context.ts'
import { type RpcServer, type RpcServerOptions, startRpcServer } from './rpc/server.ts'
import type { Node } from './runtime/types.ts'

export type RunOptions = { home: string; rpcAddress: string | undefined; allowsRemote: boolean }

/** How often it looks whether the process that started it is still there. */
const PARENT_CHECK_MILLISECONDS = 500

/**
 * Starts the chain of a home folder and its RPC, and resolves after SIGINT or SIGTERM, when both have ended. With
 * NEAR_SANDBOX_ENDS_WITH_PARENT in the environment it also ends when the process that started it is gone.
 */
export async function runUntilSignal(options: RunOptions): Promise<void> {
  const home = readHome(options.home)
  const address = options.rpcAddress ?? home.config.rpcAddress
  const { host, port } = parseListenAddress(address, options.allowsRemote)
  const node = startNode(home)
  const context = rpcContext(home, node, `${host}:${port}`)
  const server = await listen(context, { host, port, maxPayloadBytes: home.config.maxPayloadBytes }).catch((error) => {
    node.stop()
    throw error
  })
  process.stderr.write(`near-sandbox: ${node.chainId} on http://${server.address}\n`)
  // Now, and not at the end, which may be a SIGKILL.
  flushCompileCache()

  await Promise.race(process.env.NEAR_SANDBOX_ENDS_WITH_PARENT ? [signal(), endOfParent()] : [signal()])
  await server.stop()
  node.stop()
}

function startNode({ config, genesis }: Home): Node {
  return createNode({
    chainId: genesis.chainId,
    protocolVersion: genesis.protocolVersion,
    genesisHeight: BigInt(genesis.genesisHeight),
    genesisTimestampNanoseconds: BigInt(genesis.genesisTimeMilliseconds) * 1_000_000n,
    genesisRecords: genesis.records,
    epochLength: genesis.epochLength,
    transactionValidityPeriod: genesis.transactionValidityPeriod,
    gasPrice: genesis.minGasPrice,
    blockIntervalMilliseconds: config.blockIntervalMilliseconds,
  })
}

function rpcContext({ config, genesis, nodeKey, validatorKey }: Home, node: Node, rpcAddress: string): RpcContext {
  const { validators: _, total_supply: __, ...protocol } = genesis.config
  return {
    node,
    validator: { accountId: validatorKey.accountId, publicKey: formatKey(validatorKey.secretKey.publicKey) },
    nodePublicKey: formatKey(nodeKey.secretKey.publicKey),
    rpcAddress,
    epochLength: genesis.epochLength,
    genesisConfig: genesis.config,
    protocolConfig: { ...protocol, runtime_config: parametersOf(genesis.protocolVersion).view },
    pollingTimeoutMilliseconds: config.pollingTimeoutMilliseconds,
    startedAt: Date.now(),
  }
}

async function listen(context: RpcContext, options: RpcServerOptions): Promise<RpcServer> {
  try {
    return await startRpcServer(context, options)
  } catch (cause) {
    const where = `${options.host}:${options.port}`
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    const reason = code === 'EADDRINUSE' ? 'the port is in use; give another with --rpc-addr' : String(cause)
    throw new HomeError(`cannot listen on ${where}: ${reason}`, { cause })
  }
}

function signal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

function endOfParent(): Promise<void> {
  const parent = process.ppid
  return new Promise((resolve) => {
    const look = () => {
      // An orphan gets another parent.
      if (process.ppid !== parent) resolve()
    }
    setInterval(look, PARENT_CHECK_MILLISECONDS).unref()
  })
}
