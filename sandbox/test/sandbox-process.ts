import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initHome, readHome } from '../src/home/home.ts'
import type { SecretKey } from '../src/primitives/index.ts'

/** The program, as `NEAR_SANDBOX_BIN_PATH` or the drop-in would start it. */
export const MAIN = join(import.meta.dirname, '../src/main.ts')

type Reply = { status: number; body: { result?: unknown; error?: RpcFailure; id: unknown } }

type RpcFailure = {
  name: string
  cause: { name: string; info?: Record<string, unknown> }
  code: number
  message: string
  data: unknown
}

export type SandboxProcess = {
  url: string
  home: string
  /** Signs for test.near, who has nearly all tokens. */
  rootKey: SecretKey
  /** Posts a body as it is. */
  post(body: string): Promise<Reply>
  /** The error or result of a method. */
  ask(method: string, params?: unknown): Promise<Reply['body']>
  /** The result of a method. Throws what went wrong. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any shape; what is not there fails it.
  call(method: string, params?: unknown): Promise<any>
  /** Ends it by SIGINT, removes its folder and gives the exit code. */
  stop(): Promise<number | null>
}

/** Starts the program on a free port, in a new home. */
export async function startSandbox(): Promise<SandboxProcess> {
  const home = mkdtempSync(join(tmpdir(), 'sandbox-test-'))
  initHome(home, { chainId: 'localnet', protocolVersion: 86, accountId: 'test.near', isFast: true })
  const { child, url } = await runSandbox(home)

  const post = async (body: string): Promise<Reply> => {
    const response = await fetch(url, { method: 'POST', body })
    // The server's own JSON; tests look at what is in it.
    return { status: response.status, body: (await response.json()) as Reply['body'] }
  }
  const ask = async (method: string, params: unknown = {}) => {
    const { body } = await post(JSON.stringify({ jsonrpc: '2.0', id: 'test', method, params }))
    return body
  }
  const call = async (method: string, params?: unknown) => {
    const { result, error } = await ask(method, params)
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`)
    return result
  }
  const stop = async () => {
    const code = await terminate(child, 'SIGINT')
    rmSync(home, { recursive: true, force: true })
    return code
  }
  return { url, home, rootKey: readHome(home).validatorKey.secretKey, post, ask, call, stop }
}

/** `run` in a home that is there, resolved once it says where it listens. */
export async function runSandbox(home: string): Promise<{ child: ChildProcess; url: string }> {
  const args = [MAIN, '--home', home, 'run', '--rpc-addr', '127.0.0.1:0']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  for await (const chunk of child.stderr) {
    said += chunk
    const url = /on (http:\/\/\S+)/.exec(said)?.[1]
    if (url) {
      child.stderr.resume()
      return { child, url }
    }
  }
  throw new Error(`the sandbox did not start: ${said}`)
}

/** Sends the signal and gives the exit code. */
export async function terminate(child: ChildProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  const [code] = await exited
  return code
}
