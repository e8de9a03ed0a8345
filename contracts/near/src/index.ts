export {
  type Deployer,
  type DeploymentOptions,
  deploy,
  deployContracts,
  deployDemoDollar,
  deployTimelock,
  depositStorage,
  openAccount,
  type TimelockOptions,
} from './deployment.ts'
export type { Deployment } from './deployment-file.ts'
export { openTimelock } from './timelock.ts'
