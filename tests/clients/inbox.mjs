// A notification arrives while its receiver follows the inbox: `inbox.mjs URL FOLLOWER_TOKEN WRITER_TOKEN sse|ws`.
// The writer names the follower as witness, each time of something else, until the follower is told: a subscription
// does not say when it stands.
import { createClient as createEventStream } from "graphql-sse";
import { createClient as createSocket } from "graphql-ws";
import WebSocket from "ws";

const [url, follower, writer, transport] = process.argv.slice(2);
const authorization = `Bearer ${follower}`;
const client =
  transport === "sse"
    ? createEventStream({ url, headers: { authorization } })
    : createSocket({
        url: url.replace("http", "ws"),
        webSocketImpl: WebSocket,
        connectionParams: { Authorization: authorization },
      });

async function ask(token, query, variables = {}) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const { viewer } = await ask(follower, "{ viewer { person { id } } }");
let round = 0;
const week = "{ action { id } errors { code } }";

async function askTheWitness() {
  round += 1;
  const words = { goalText: "季度目标", mustFinish: `评审方案${round}`, witnessId: viewer.person.id };
  const planned = (
    await ask(writer, `mutation($input: PlanWeeklyActionInput!) { planWeeklyAction(input: $input) ${week} }`, {
      input: words,
    })
  ).planWeeklyAction;
  if (planned.action) return;
  const own = await ask(
    writer,
    "{ viewer { person { id } } weeklyActions(first: 100) { nodes { id person { id } } } }",
  );
  const { id } = own.weeklyActions.nodes.find((action) => action.person.id === own.viewer.person.id);
  await ask(writer, `mutation($input: ReplanWeeklyActionInput!) { replanWeeklyAction(input: $input) ${week} }`, {
    input: { id, ...words },
  });
}

const timer = setInterval(() => askTheWitness().catch((error) => console.error(error)), 500);
const query = "subscription { notifications { code text link subject { id ... on WeeklyAction { mustFinish } } } }";
for await (const { data, errors } of client.iterate({ query })) {
  clearInterval(timer);
  if (errors) throw new Error(JSON.stringify(errors));
  console.log(JSON.stringify(data.notifications));
  break;
}
await client.dispose();
process.exit(0);
