// near-workspaces asks the package near-sandbox for a binary and starts it. This is that package: the binary is a
// script that runs the node of this repository with the Node that runs the tests, or with the checkout's own where that
// one is too old. CommonJS, because that is what asks.

const { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const MAIN = join(__dirname, '..', '..', 'src', 'main.ts')

/** Where scripts/boot.mjs puts the pinned Node: the package that has it is named after the platform. */
const RUNTIME_PACKAGES = join(__dirname, '..', '..', '..', 'runtime', 'node_modules')

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
  const node = newEnoughNode()
  const folder = mkdtempSync(join(tmpdir(), 'near-sandbox-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  launcher = join(folder, 'near-sandbox')
  // Absolute paths: near-workspaces starts it without PATH when it debugs, and the first node on a PATH may be old.
  // A test run that is killed cannot stop its nodes: they end with it.
  const command = `NEAR_SANDBOX_ENDS_WITH_PARENT=1 exec ${quote(node)} ${quote(MAIN)} "$@"`
  writeFileSync(launcher, `#!/bin/sh\n${command}\n`)
  chmodSync(launcher, 0o755)
  return launcher
}

function newEnoughNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= FIRST_NODE_MAJOR) return process.execPath
  const pinned = pinnedNode()
  if (pinned) return pinned
  throw new Error(`the NEAR sandbox needs Node ${FIRST_NODE_MAJOR} or later; this is ${process.versions.node}`)
}

function pinnedNode() {
  if (!existsSync(RUNTIME_PACKAGES)) return undefined
  const binaries = readdirSync(RUNTIME_PACKAGES).map((name) => join(RUNTIME_PACKAGES, name, 'bin', 'node'))
  return binaries.find((binary) => existsSync(binary))
}

/** For sh: within single quotes nothing but a single quote means anything. */
function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}

module.exports = { getBinary }
