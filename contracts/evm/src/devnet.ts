import { hardhat } from './compile.ts'

export interface Devnet {
  readonly url: string
  readonly stop: () => Promise<void>
}

/**
 * Hardhat's EVM devnet in this process, on 127.0.0.1. Blocks come with each transaction, and every `blockMilliseconds` where given, so
 * that time passes. Accounts hold ether as Hardhat's well-known mnemonic has them.
 */
export async function startDevnet({ port = 0, chainId = 31337, blockMilliseconds = 0 } = {}): Promise<Devnet> {
  const hre = await hardhat()
  const override = {
    chainId,
    mining: { auto: true, interval: blockMilliseconds },
    allowBlocksWithSameTimestamp: true,
  } as const
  const server = await hre.network.createServer({ network: 'devnet', override }, '127.0.0.1', port)
  const { port: listening } = await server.listen()
  return { url: `http://127.0.0.1:${listening}`, stop: () => server.close() }
}
