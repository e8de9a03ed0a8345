import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: ['chain', 'agent', 'job', 'ledger', 'relay', 'market'].map((name) => `./database/src/${name}-tables.ts`),
  out: './database/migrations',
})
