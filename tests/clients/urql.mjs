// urql with its own multipart upload, subscriptions by its own server-sent events on the same address.
import { Client, fetchExchange } from "@urql/core";
import { toAsyncIterable } from "wonka";

import { connection, run } from "./flow.mjs";

const client = new Client({
  url: connection.url,
  fetchOptions: { headers: { authorization: connection.authorization, "graphql-require-preflight": "1" } },
  fetchSubscriptions: true,
  preferGetMethod: false,
  exchanges: [fetchExchange],
});

async function ask(query, variables) {
  const method = query.startsWith("query") ? "query" : "mutation";
  const { data, error } = await client[method](query, variables).toPromise();
  if (error) throw error;
  return data;
}

async function* follow(query, variables) {
  for await (const { data, error } of toAsyncIterable(client.subscription(query, variables))) {
    if (error) throw error;
    yield data;
  }
}

await run({ upload: ask, ask, follow });
