/** Something that the user can put right: a missing file, a wrong value, a port in use. The message says what and how. */
export class HomeError extends Error {
  override name = 'HomeError'
}
