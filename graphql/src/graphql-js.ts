/**
 * GraphQL.js, by the file that Node takes for its bare name. Vite takes another (index.mjs), and
 * GraphQL.js refuses types that a second copy of it made.
 */
export * from 'graphql/index.js'
