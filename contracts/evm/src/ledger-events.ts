interface Decoded {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** A decoded event by protocol's name: ERC-6909's Transfer is another than ERC-721's, and says a token's address as a number. */
export function namedByProtocol({ name, args }: Decoded): Decoded {
  if (name !== 'Transfer' || typeof args.id !== 'bigint') return { name, args }
  const { caller, sender: from, receiver: to, id, amount } = args
  const token = `0x${id.toString(16).padStart(40, '0')}`
  return { name: 'LedgerTransfer', args: { caller, from, to, token, amount } }
}
