import type { AccessKey, Account } from '../../primitives/account.ts'
import type { PublicKey } from '../../primitives/public-key.ts'
import { codeHashOf, contractCode } from '../actions/contract-code.ts'
import type { BlockContext } from '../apply/context.ts'
import { getAccessKey, getAccount, listAccessKeys } from '../state/accounts.ts'
import { StateUpdate } from '../state/state-update.ts'
import { trieKey } from '../state/trie-key.ts'
import type { Trie } from '../trie/trie.ts'
import type { CallFunctionResult, StateQuery } from '../types.ts'
import { callView } from './call-view.ts'

/** Reads of the state after a block. nearcore: runtime/runtime/src/state_viewer/mod.rs. */
export class TrieQuery implements StateQuery {
  readonly #block: BlockContext
  readonly #trie: Trie
  readonly #state: StateUpdate

  constructor(block: BlockContext, trie: Trie) {
    this.#block = block
    this.#trie = trie
    this.#state = new StateUpdate(trie)
  }

  viewAccount(accountId: string): Account | null {
    return getAccount(this.#state, accountId) ?? null
  }

  viewAccessKey(accountId: string, publicKey: PublicKey): AccessKey | null {
    return getAccessKey(this.#state, accountId, publicKey) ?? null
  }

  viewAccessKeyList(accountId: string) {
    return listAccessKeys(this.#state, accountId)
  }

  viewCode(accountId: string) {
    const account = getAccount(this.#state, accountId)
    const code = account && contractCode(this.#state, accountId, account.contract)
    const hash = account && codeHashOf(this.#state, account.contract)
    return code && hash ? { code, hash } : null
  }

  viewState(accountId: string, prefix: Uint8Array) {
    const start = trieKey.contractData(accountId, new Uint8Array(0)).length
    return this.#state.keys(trieKey.contractData(accountId, prefix)).map((key) => ({
      key: key.subarray(start),
      value: this.#state.get(key) ?? new Uint8Array(0),
    }))
  }

  callFunction(accountId: string, methodName: string, args: Uint8Array): CallFunctionResult {
    return callView(this.#block, this.#trie, { accountId, methodName, args })
  }
}
