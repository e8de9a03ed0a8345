import { ACCOUNT_ID, chainKind, fromHex, type Hex } from '@parley/protocol'

const ADDRESS = /^0x[0-9a-f]{40}$/i

/** NEAR lets nobody take such a name but for the whole address: it is one with digits missing, or too many. */
const HALF_AN_ADDRESS = /^0x[0-9a-f]*$/i

/** An account of any chain as the tables have it: addresses in lower case, account ids as they are. Undefined for other texts. */
export function readAccount(text: string): string | undefined {
  if (ADDRESS.test(text)) return text.toLowerCase()
  return ACCOUNT_ID.test(text) && !HALF_AN_ADDRESS.test(text) ? text : undefined
}

/** The account in bytes that an agent's owner set, as its chain writes accounts there; undefined when they are none. */
export function accountFromBytes(bytes: string, chain: string): string | undefined {
  switch (chainKind(chain)) {
    case 'evm':
      return ADDRESS.test(bytes) ? bytes : undefined
    case 'near': {
      const text = Buffer.from(fromHex(bytes as Hex)).toString('latin1')
      return ACCOUNT_ID.test(text) ? text : undefined
    }
  }
}

/** Whether a text is the address of a key, which is of one form on every chain. */
export function isKeyAddress(text: string): boolean {
  return ADDRESS.test(text)
}
