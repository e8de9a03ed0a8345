import { expect, test } from 'vitest'
import { emitted } from './emitted.ts'

test('what an event has is text: addresses in lower case, in lists too', () => {
  const address = `0x${'aB'.repeat(20)}`

  const { args } = emitted('QuorumTermsSet', { members: [address, address], threshold: 2n, jobId: 7n })

  expect(args).toEqual({ members: [address, address].join(',').toLowerCase(), threshold: '2', jobId: '7' })
})
