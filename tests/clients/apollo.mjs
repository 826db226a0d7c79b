// Apollo Client: uploads by apollo-upload-client, subscriptions by graphql-ws.
import { ApolloClient, ApolloLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { connection, run } from "./flow.mjs";

const socket = createClient({
  url: connection.socketUrl,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: connection.authorization },
});
const http = new UploadHttpLink({
  uri: connection.url,
  headers: { authorization: connection.authorization, "apollo-require-preflight": "true" },
});
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(({ operationType }) => operationType === "subscription", new GraphQLWsLink(socket), http),
});

async function ask(document, variables) {
  const operation = gql(document);
  const isQuery = operation.definitions[0].operation === "query";
  const { data, error } = isQuery
    ? await client.query({ query: operation, variables, fetchPolicy: "network-only" })
    : await client.mutate({ mutation: operation, variables });
  if (error) throw error;
  return data;
}

async function* follow(document, variables) {
  const waiting = [];
  let wake = () => {};
  let ended = false;
  const push = (item) => {
    waiting.push(item);
    wake();
  };
  client.subscribe({ query: gql(document), variables }).subscribe({
    next: ({ data, error }) => push(error ?? data),
    error: push,
    complete: () => {
      ended = true;
      wake();
    },
  });
  for (;;) {
    while (waiting.length > 0) {
      const item = waiting.shift();
      if (item instanceof Error) throw item;
      yield item;
    }
    if (ended) return;
    await new Promise((resolve) => (wake = resolve));
  }
}

await run({ upload: ask, ask, follow });
client.stop();
await socket.dispose();
