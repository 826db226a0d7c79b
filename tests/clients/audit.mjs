// Runs the GraphQL over HTTP audit of `graphql-http` against the address given and prints its results as JSON.
import { auditServer } from "graphql-http";

const [url] = process.argv.slice(2);
const results = await auditServer({ url });
process.stdout.write(
  JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null }))),
);
