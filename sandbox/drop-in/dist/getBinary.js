// near-workspaces asks the package near-sandbox for a binary and starts it. This is that package: the binary is a
// script that runs the node of this repository with the Node that runs the tests. CommonJS, because that is what asks.

const { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const MAIN = join(__dirname, '..', '..', 'src', 'main.ts')

/** The first Node that runs TypeScript without a flag and has all that the node uses. */
const FIRST_NODE_MAJOR = 24

/** Made once for each process, and removed when it ends. */
let launcher

/**
 * What near-workspaces calls. `binPath` can be spawned with near-sandbox's arguments. The environment variable
 * NEAR_SANDBOX_BIN_PATH names another binary, such as nearcore's own.
 */
async function getBinary() {
  const binPath = process.env.NEAR_SANDBOX_BIN_PATH || makeLauncher()
  return {
    name: 'near-sandbox',
    binPath,
    exists: async () => existsSync(binPath),
    install: async () => {
      throw new Error(`there is no near-sandbox at ${binPath}: NEAR_SANDBOX_BIN_PATH must name an executable file`)
    },
  }
}

function makeLauncher() {
  if (launcher) return launcher
  const major = Number(process.versions.node.split('.')[0])
  if (major < FIRST_NODE_MAJOR) {
    throw new Error(`the NEAR sandbox needs Node ${FIRST_NODE_MAJOR} or later; this is ${process.versions.node}`)
  }

  const folder = mkdtempSync(join(tmpdir(), 'near-sandbox-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  launcher = join(folder, 'near-sandbox')
  // Absolute paths: near-workspaces starts it without PATH when it debugs, and the first node on a PATH may be old.
  // A test run that is killed cannot stop its nodes: they end with it.
  const command = `NEAR_SANDBOX_ENDS_WITH_PARENT=1 exec ${quote(process.execPath)} ${quote(MAIN)} "$@"`
  writeFileSync(launcher, `#!/bin/sh\n${command}\n`)
  chmodSync(launcher, 0o755)
  return launcher
}

/** For sh: within single quotes nothing but a single quote means anything. */
function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}

module.exports = { getBinary }
