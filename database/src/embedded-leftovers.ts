import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FOLDER_NAME, folderBases, type Owner } from './embedded-folder.ts'

/** Ends and deletes what is left when a SIGKILL hit not only a process of ours but also its server's guard. */
export async function removeLeftovers(owner: Owner): Promise<void> {
  for (const base of folderBases()) {
    for (const name of readdirSync(base)) {
      const starter = FOLDER_NAME.exec(name)?.[1]
      const path = join(base, name)
      if (starter && isOurs(path, owner) && commandLine(Number(starter)) === '') await endServerIn(path)
    }
  }
}

/** Ends the server in the folder, if one runs, and deletes the folder. */
export async function endServerIn(path: string): Promise<void> {
  const pidFile = join(path, 'data/postmaster.pid')
  const pid = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, 'utf8'), 10) : undefined
  // The number may belong to another process by now: a server of ours names its folder.
  const isRunning = () => pid !== undefined && commandLine(pid).includes(path)
  if (pid !== undefined && isRunning()) process.kill(pid, 'SIGQUIT')
  for (let tries = 0; tries < 100 && isRunning(); tries++) await sleep(50)

  // Not by Node: as root it could be led out of the folder by a link that the owner swaps in while it deletes.
  execFileSync('rm', ['-rf', path])
}

function isOurs(path: string, owner: Owner): boolean {
  const uid = lstatSync(path, { throwIfNoEntry: false })?.uid
  return uid !== undefined && (uid === owner.uid || uid === process.getuid?.())
}

/** Empty when there is no such process, or only its zombie. */
function commandLine(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
