// graphql-sse for every operation but the upload: each is a stream of server-sent events.
import { createClient } from "graphql-sse";

import { connection, run } from "./flow.mjs";

const client = createClient({ url: connection.url, headers: { authorization: connection.authorization } });

async function* follow(query, variables) {
  for await (const { data, errors } of client.iterate({ query, variables })) {
    if (errors) throw new Error(JSON.stringify(errors));
    yield data;
  }
}

async function ask(query, variables) {
  for await (const data of follow(query, variables)) return data;
}

async function upload(query, { input: { file } }) {
  const body = new FormData();
  body.append("operations", JSON.stringify({ query, variables: { input: { file: null } } }));
  body.append("map", JSON.stringify({ 0: ["variables.input.file"] }));
  body.append("0", file);
  const headers = { authorization: connection.authorization, "apollo-require-preflight": "1" };
  const response = await fetch(connection.url, { method: "POST", headers, body });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

await run({ upload, ask, follow });
client.dispose();
