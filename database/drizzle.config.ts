import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: ['./database/src/chain-tables.ts', './database/src/relay-tables.ts'],
  out: './database/migrations',
})
