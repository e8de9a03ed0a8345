export type Binary = {
  readonly name: string
  /** Can be spawned with near-sandbox's arguments. */
  readonly binPath: string
  exists(): Promise<boolean>
  /** Rejects: there is nothing to download. */
  install(): Promise<never>
}

export function getBinary(): Promise<Binary>
