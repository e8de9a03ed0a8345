import { HELP, parseCommand, UsageError } from './cli.ts'
import { initHome } from './home/home.ts'
import { HomeError } from './home/home-error.ts'
import { VERSION } from './rpc/version.ts'

/** Does what the arguments say. Exit codes: 0 done, 1 it did not work (the message says why), 2 they are wrong. */
export async function runCommandLine(args: string[]): Promise<number> {
  try {
    await execute(args)
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`near-sandbox: ${error.message}\n\n${HELP}`)
      return 2
    }
    if (!(error instanceof HomeError)) throw error
    process.stderr.write(`near-sandbox: ${error.message}\n`)
    return 1
  }
}

async function execute(args: string[]): Promise<void> {
  const command = parseCommand(args)
  switch (command.kind) {
    case 'help':
      process.stdout.write(HELP)
      return
    case 'version':
      process.stdout.write(`near-sandbox (release ${VERSION}) (build parley) (protocol 86)\n`)
      return
    case 'init':
      initHome(command.home, command)
      return
    case 'run': {
      // Only here, so that the others need not load the machine.
      const { runUntilSignal } = await import('./run.ts')
      await runUntilSignal(command)
    }
  }
}
