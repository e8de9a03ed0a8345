import { fromHex, type Hex, toHex } from '@parley/protocol'
import { createSealingKey, open, type Purpose, seal } from '@parley/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const REQUEST: Purpose = 'parley/request/v1'
const RESPONSE: Purpose = 'parley/response/v1'
const CONTEXT: Hex = `0x${'1a'.repeat(32)}`

const undecryptable = { code: 'RequestUndecryptable', isRetryable: false }

test('what was sealed opens as it was, whatever the text and the context', async () => {
  const key = await createSealingKey()
  // Well-formed: a lone surrogate has no UTF-8.
  const text = fc.string({ unit: 'binary', maxLength: 300 }).map((units) => units.toWellFormed())
  const context = fc.uint8Array({ maxLength: 64 }).map(toHex)

  await fc.assert(
    fc.asyncProperty(text, context, async (written, about) => {
      const sealed = await seal(REQUEST, key.publicKey, about, written)
      expect(await open(REQUEST, key, about, sealed)).toBe(written)
    }),
  )
})

test('a text that begins with a byte order mark keeps it', async () => {
  const key = await createSealingKey()

  const sealed = await seal(REQUEST, key.publicKey, CONTEXT, '\uFEFFinvoice')

  expect(await open(REQUEST, key, CONTEXT, sealed)).toBe('\uFEFFinvoice')
})

test('a text of a megabyte and an empty one open', async () => {
  const key = await createSealingKey()

  for (const text of ['x'.repeat(2 ** 20), '']) {
    expect(await open(REQUEST, key, CONTEXT, await seal(REQUEST, key.publicKey, CONTEXT, text))).toBe(text)
  }
})

test('the same text sealed twice looks different and shows nothing of the text', async () => {
  const { publicKey } = await createSealingKey()

  const [one, other] = await Promise.all([
    seal(REQUEST, publicKey, CONTEXT, 'secret'),
    seal(REQUEST, publicKey, CONTEXT, 'secret'),
  ])

  expect(one).not.toBe(other)
  expect(one).not.toContain(Buffer.from('secret').toString('hex'))
  // Ephemeral key, text, tag: nothing else travels.
  expect(fromHex(one).length).toBe(32 + 6 + 16)
})

test('a change of any one bit, in key, text or tag, is noticed', async () => {
  const key = await createSealingKey()
  const sealed = fromHex(await seal(REQUEST, key.publicKey, CONTEXT, 'a few words'))

  // The key's last bit too: X25519 ignores it (RFC 7748, section 5), HPKE's key schedule does not (RFC 9180, section 4.1).
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Uint8Array.from(sealed)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    await expect(open(REQUEST, key, CONTEXT, toHex(changed)), `bit ${bit}`).rejects.toMatchObject(undecryptable)
  }
})

test('a part of it, or more than it, does not open', async () => {
  const key = await createSealingKey()
  const sealed = fromHex(await seal(REQUEST, key.publicKey, CONTEXT, 'text'))

  for (let length = 0; length < sealed.length; length++) {
    await expect(open(REQUEST, key, CONTEXT, toHex(sealed.subarray(0, length)))).rejects.toMatchObject(undecryptable)
  }
  await expect(open(REQUEST, key, CONTEXT, `${toHex(sealed)}00`)).rejects.toMatchObject(undecryptable)
})

test('another purpose, context or key does not open it', async () => {
  const [key, other] = await Promise.all([createSealingKey(), createSealingKey()])
  const sealed = await seal(REQUEST, key.publicKey, CONTEXT, 'text')

  await expect(open(RESPONSE, key, CONTEXT, sealed)).rejects.toMatchObject(undecryptable)
  await expect(open(REQUEST, key, `${CONTEXT}00`, sealed)).rejects.toMatchObject(undecryptable)
  await expect(open(REQUEST, key, '0x', sealed)).rejects.toMatchObject(undecryptable)
  await expect(open(REQUEST, other, CONTEXT, sealed)).rejects.toMatchObject(undecryptable)
})

test('a refusal does not contain what it could not open', async () => {
  const [key, other] = await Promise.all([createSealingKey(), createSealingKey()])
  const sealed = await seal(REQUEST, key.publicKey, CONTEXT, 'text')

  const error: Error = await open(REQUEST, other, CONTEXT, sealed).then(String, (refusal) => refusal)

  expect(error.message).toBe(`this key cannot open the ${REQUEST} for ${CONTEXT}`)
})

test.each(['0x', `0x${'00'.repeat(31)}`, `0x${'00'.repeat(32)}`] as const)(
  'nothing is sealed for the key %s',
  async (key) => {
    await expect(seal(REQUEST, key, CONTEXT, 'text')).rejects.toThrow()
  },
)
