"use strict";

// One fetcher for everything: answers come as JSON, subscriptions as server-sent events on the same request.
async function fetcher(parameters, options) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9, text/event-stream;q=0.8",
      "content-type": "application/json",
      ...(options && options.headers),
    },
    body: JSON.stringify(parameters),
  });
  const type = response.headers.get("content-type") || "";
  return type.startsWith("text/event-stream") ? events(response.body) : response.json();
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        if (lines.includes("event: complete")) return;
        const data = lines.find((line) => line.startsWith("data: "));
        if (data) yield JSON.parse(data.slice("data: ".length));
      }
    }
  } finally {
    await reader.cancel();
  }
}

const WELCOME = `# Sign in: open the tab "Headers" below and put in a token,
# which \`throughline token --person EMAIL\` prints:
#
#   { "authorization": "Bearer …" }

{
  viewer {
    roles
    person { staffNumber name }
    organization { nameZh nameEn }
  }
}
`;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: WELCOME,
    defaultEditorToolsVisibility: "headers",
    shouldPersistHeaders: false,
  }),
);
