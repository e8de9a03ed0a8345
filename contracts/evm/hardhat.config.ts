import { createRequire } from 'node:module'
import viem from '@nomicfoundation/hardhat-viem'
import { defineConfig } from 'hardhat/config'

/** Deployed as they are. */
const npmFilesToBuild = [
  '@openzeppelin/contracts/governance/TimelockController.sol',
  '@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol',
]

/** The compiler is an npm package: nothing is downloaded at build time. */
const path = createRequire(import.meta.url).resolve('solc/soljson.js')
const settings = { evmVersion: 'osaka', optimizer: { enabled: true, runs: 2_000 }, viaIR: true }

export default defineConfig({
  plugins: [viem],
  solidity: { npmFilesToBuild, profiles: { default: { compilers: [{ version: '0.8.37', path, settings }] } } },
  networks: {
    devnet: {
      type: 'edr-simulated',
      chainType: 'l1',
      hardfork: 'osaka',
      // A chain mines what reverts and says so in the receipt.
      throwOnTransactionFailures: false,
    },
  },
})
