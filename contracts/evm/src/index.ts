export * from '../generated/contracts.ts'
export { type Deployment, type DeploymentOptions, deploy, deployDemoDollar } from './deployment.ts'
export { type Revert, readRevert, revertDataOf } from './revert.ts'
