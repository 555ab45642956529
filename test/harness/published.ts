/**
 * Replies of the Marketing API held against the schema that Mailchimp published
 * (tools/published_schema fetches it; MUSTER_TEST_PUBLISHED names the file).
 * Where we answer otherwise on purpose is in `ours`, with the reason.
 */
import { readFileSync } from "node:fs";
import { Description, type Document, type Fault } from "./openapi.js";

/** What a fault says, and why it is none. */
const ours: { fault: RegExp; reason: string }[] = [
  { fault: /^GET \/3.0\/lists\/{list_id}\/surveys\b.*: a body$/, reason: "it describes no reply" },
];

let schema: Description | undefined;

/* Times that are not set are "", which is no date-time: recorded replies of
 * Mailchimp have it, its schema does not say so. */
function load(file: string): Description {
  const text = readFileSync(file, "utf8");
  const document = JSON.parse(text, (key, value) =>
    key === "format" ? undefined : value) as Document;
  document.servers = [{ url: "/3.0" }];
  return new Description(document, false);
}

/** What is wrong with a reply of /3.0, or undefined. */
export function checkPublished(
  method: string, path: string, status: number, type: string, body: unknown): Fault {
  const file = process.env.MUSTER_TEST_PUBLISHED;
  if (!file || status !== 200 || type !== "application/json") return undefined;
  schema ??= load(file);
  const fault = schema.check(method, path, status, type, body, true);
  if (!fault || ours.some((known) => known.fault.test(fault))) return undefined;
  return `published schema: ${fault}`;
}
