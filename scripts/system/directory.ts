import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ConfigurationError } from '@parley/service'

/** Holds the number of the process that uses the folder. */
const LOCK = 'running.pid'

/**
 * Makes the folder when it is missing, takes it for this process, and returns how to give it back.
 * Throws a ConfigurationError when another process uses it, or when we cannot write there.
 */
export async function takeDirectory(directory: string): Promise<() => Promise<void>> {
  const path = resolve(directory)
  const lock = join(path, LOCK)
  try {
    // Private: it holds the keys of the simulated platform.
    await mkdir(path, { recursive: true, mode: 0o700 })
    while (!(await createLock(lock))) {
      const holder = Number(await readFile(lock, 'utf8').catch(() => ''))
      if (isAnotherProcess(holder)) throw inUse(path, holder)
      await rm(lock, { force: true })
    }
  } catch (error) {
    throw error instanceof ConfigurationError ? error : notWritable(path, error)
  }
  return () => rm(lock, { force: true })
}

/** False when there is one. */
async function createLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Our own number in a lock is from before: in a container each start may have the same. */
function isAnotherProcess(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It runs, as another user.
    return hasCode(error, 'EPERM')
  }
}

function inUse(path: string, holder: number): ConfigurationError {
  return new ConfigurationError(
    `PARLEY_DIRECTORY: ${path} is in use by process ${holder}: stop it, or set PARLEY_DIRECTORY to another folder.`,
  )
}

function notWritable(path: string, cause: unknown): ConfigurationError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ConfigurationError(
    `PARLEY_DIRECTORY: ${path} cannot be written (${reason}): set PARLEY_DIRECTORY to a folder of yours.`,
    { cause },
  )
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
