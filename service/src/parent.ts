/** Often enough that nobody wonders, seldom enough to cost nothing. */
const CHECK_MILLISECONDS = 300

/**
 * Calls `onGone` once when the process in PARENT_PID (set by a program of ours for its children) or BOOT_PID (set by
 * scripts/boot.mjs) is gone. A parent that is killed with SIGKILL cannot tell its children.
 */
export function watchParent(onGone: () => void): void {
  const pid = Number(process.env.PARENT_PID ?? process.env.BOOT_PID)
  if (!pid) return
  // The best sign, where there is one: a dead parent may keep its number for a while, as a zombie.
  const isParent = process.ppid === pid
  const timer = setInterval(() => {
    if (isParent ? process.ppid === pid : isAlive(pid)) return
    clearInterval(timer)
    onGone()
  }, CHECK_MILLISECONDS)
  timer.unref()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It lives, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
