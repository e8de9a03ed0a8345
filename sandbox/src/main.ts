#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Reading TypeScript takes most of the start. Kept in the folder for temporary files, it takes it once.
enableCompileCache()
const { runCommandLine } = await import('./command-line.ts')
process.exitCode = await runCommandLine(process.argv.slice(2))
