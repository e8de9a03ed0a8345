import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

const HELP = { help: { type: 'boolean', short: 'h' } } as const

interface ArgumentOptions {
  /** Whether it takes words without `--` too. */
  readonly takesWords?: boolean
}

/** What stands behind a command. `--help` prints the help and ends; what the command does not know ends it with the help and exit code 2. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(
  help: string,
  options: Options,
  { takesWords = false }: ArgumentOptions = {},
) {
  try {
    if (parseArgs({ options: HELP, strict: false }).values.help) {
      console.log(help)
      process.exit(0)
    }
    return parseArgs({ options, allowPositionals: takesWords })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`)
    process.exit(2)
  }
}
