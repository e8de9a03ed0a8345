export { readArguments } from './arguments.ts'
export { accountId, parseAccount, pickChain } from './chain-input.ts'
export { ConfigurationError, readConfiguration } from './configuration.ts'
export { hexBytes, hexOf, hexUpTo } from './hex-schema.ts'
export { readJsonFile } from './json-file.ts'
export { type Listening, type ListenOptions, listen } from './listen.ts'
export { createLog, type Log, type LogLevel, type LogOptions } from './log.ts'
export { type OnStop, type ProgramOptions, type RunningProgram, runProgram } from './program.ts'
export {
  bodyNotJson,
  bodyTooLarge,
  errorBody,
  inputInvalid,
  parseInput,
  type Refusal,
  type RefusalStatus,
  toParleyError,
  toRefusal,
} from './refusal.ts'
export {
  attestationRootPath,
  databaseUrl,
  evmDeploymentPath,
  logLevel,
  nearDeploymentPath,
  port,
  privateKey,
  servingChains,
} from './settings.ts'
