export {
  type Deployer,
  type DeploymentOptions,
  deploy,
  deployContracts,
  deployDemoDollar,
  depositStorage,
  openAccount,
} from './deployment.ts'
export type { Deployment } from './deployment-file.ts'
