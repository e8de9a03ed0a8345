/** One chain's contracts as those who govern them see them. What a contract refuses throws an Error that says its name. */
export interface Governance {
  /** CAIP-2. */
  readonly chain: string
  /** What is scheduled and neither done nor cancelled, the oldest first. */
  readonly list: () => Promise<readonly Pending[]>
  /** Schedules a call for as soon as the timelock allows; `contract` is a name in the deployment, `args` are by name. Answers the id. */
  readonly schedule: (contract: string, method: string, args: Readonly<Record<string, unknown>>) => Promise<string>
  readonly execute: (id: string) => Promise<void>
  readonly cancel: (id: string) => Promise<void>
  /** All contracts of the chain that have a pause. At once: the guardian's. */
  readonly setPaused: (isPaused: boolean) => Promise<void>
}

interface Pending {
  readonly id: string
  /** The call in words. */
  readonly call: string
  /** Seconds. */
  readonly readyAt: bigint
}
