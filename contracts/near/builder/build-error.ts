/** Why a contract cannot be built; the message is for its author and says what to change. */
export class BuildError extends Error {
  override name = 'BuildError'
}
