// The main job as a front end does it: hand in a photograph, follow the reading, confirm what a person checked.
// A client is { upload(document, variables), ask(document, variables), follow(document, variables) }.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

export const UPLOAD = `mutation Upload($input: UploadIntakeDocumentInput!) {
  uploadIntakeDocument(input: $input) { documents { id job { id } } errors { code message } } }`;

export const PROGRESS = `subscription Progress($id: ID!) { jobProgress(id: $id) { state progress stage } }`;

export const DOCUMENT = `query Document($id: ID!) {
  node(id: $id) { id ... on IntakeDocument { id status version fields { key value status } } } }`;

export const NAMED = `query Named($number: String!) {
  people(filter: { staffNumber: $number }) { nodes { id } } cycles { nodes { id key } } }`;

export const CONFIRM = `mutation Confirm($input: ConfirmIntakeDocumentInput!) {
  confirmIntakeDocument(input: $input) {
    review { id status grade subject { id staffNumber } answers { key value source } } errors { code message } } }`;

const [url, token, photograph] = process.argv.slice(2);
export const connection = { url, token, socketUrl: url.replace(/^http/, "ws"), authorization: `Bearer ${token}` };

function succeeded(payload) {
  if (payload.errors.length > 0) throw new Error(JSON.stringify(payload.errors));
  return payload;
}

export async function run(client) {
  const truth = JSON.parse(await readFile(photograph.replace(/\.jpg$/, ".json"), "utf-8"));
  const file = new File([await readFile(photograph)], basename(photograph), { type: "image/jpeg" });
  const uploaded = succeeded((await client.upload(UPLOAD, { input: { file } })).uploadIntakeDocument);
  const [handedIn] = uploaded.documents;
  const states = [];
  for await (const data of client.follow(PROGRESS, { id: handedIn.job.id })) states.push(data.jobProgress.state);
  const { node } = await client.ask(DOCUMENT, { id: handedIn.id });
  const fields = node.fields.map(({ key }) => ({ key, value: truth.values[key] ?? null }));
  const named = await client.ask(NAMED, { number: truth.values.staff_number });
  const input = {
    id: node.id,
    expectedVersion: node.version,
    fields,
    subjectId: named.people.nodes[0].id,
    cycleId: named.cycles.nodes.find(({ key }) => key === "2026Q3").id,
    requestId: crypto.randomUUID(),
  };
  const { review } = succeeded((await client.ask(CONFIRM, { input })).confirmIntakeDocument);
  const again = succeeded((await client.ask(CONFIRM, { input })).confirmIntakeDocument);
  process.stdout.write(JSON.stringify({ states, status: node.status, review, again: again.review.id }));
}
