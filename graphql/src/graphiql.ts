/** What GraphiQL shows at first; a test holds it against the schema. */
export const EXAMPLES = `# Parley: jobs, agents, enclaves and payments of every chain, and what the relayer was asked.
#
#   Ctrl-Enter runs the operation under the cursor. The button at the top left opens the documentation.
#   Lists are read in pages: pass pageInfo.endCursor as "after" to get the next one.
#   Amounts are decimal strings, in atoms of the token.

# The latest jobs, whom they are for, and the money that moved.
query LatestJobs {
  jobs(first: 10, filter: { status: [OPEN, FUNDED, SUBMITTED, COMPLETED] }) {
    nodes {
      chain
      jobId
      status
      description
      client
      agent { agentId uri wallet }
      budget
      token
      observability
      enclave { address workload isActive }
      result { resultId producedAt }
      payments { kind account amount transaction }
      created { block timestamp }
    }
    pageInfo { hasNextPage endCursor }
  }
}

# What the relayer refused or failed to do, and why.
query Failures {
  requests(first: 10, filter: { status: [FAILED, REFUSED] }) {
    nodes {
      id
      kind
      account
      error { name message field isRetryable }
      transaction
      createdAt
    }
  }
}

# What clients ask for in plain words, the bids, and the job that an award became.
query Market {
  marketRequests(first: 5) {
    nodes {
      text
      budget
      token
      deadline
      status
      bids(first: 5) { nodes { provider price text } }
      award { bid { provider price } job { jobId status } }
    }
  }
}

# What agents are told of: by whom, and on which paid jobs it stands.
query Reputation {
  feedback(first: 10, filter: { isRevoked: false }) {
    nodes {
      agent { agentId owner }
      client
      value
      valueDecimals
      tag1
      weight
      job { jobId status termsKind evaluatorTerms }
      responses { responder uri }
    }
  }
}

# Money in the ledger, and the keys that may spend it.
query Ledger {
  ledgerTransfers(first: 10) { nodes { kind from to token amount created { timestamp } } }
  policies(first: 10, filter: { isRevoked: false }) {
    nodes {
      account
      key
      methods
      expiresAt
      limits { token limit periodSeconds threshold }
      spends(first: 5) { nodes { method counterparty token amount } }
    }
  }
}

# Every job as it changes. Leave it running, and let somebody work.
subscription Changes {
  jobsChanged {
    jobId
    status
    paid
    refunded
    updated { block timestamp }
  }
}
`
