export { ConfigurationError, readConfiguration } from './configuration.ts'
export { type Listening, type ListenOptions, listen } from './listen.ts'
export { createLog, type Log, type LogLevel, type LogOptions } from './log.ts'
export { type OnStop, type ProgramOptions, type RunningProgram, runProgram } from './program.ts'
