/** Steps of the main job that several tests take. */
import { until } from "./wait.js";
import type { Json } from "./client.js";
import type { Server } from "./server.js";

const v1 = "/api/v1";
const HTML =
  '<p>Hello *|FNAME|* <a href="https://shop.example/a">a</a> <a href="*|UNSUB|*">off</a></p>';

/** Adds a person for each address, named after its local part. */
export async function addPeople(server: Server, addresses: string[]): Promise<Json[]> {
  const rows = addresses.map((a) => `${a.split("@")[0]},Example,${a}`);
  const csv = ["First name,Last name,E-mail", ...rows].join("\r\n");
  await runJob(server, `${v1}/imports`, csv, { headers: { "content-type": "text/csv" } });
  const { body } = await server.admin.get(`${v1}/people`, { sort: "id", limit: 1000 });
  return body.items;
}

/** Posts what is answered with a job, and follows it to its end. */
export async function runJob(
  server: Server, path: string, body?: unknown,
  { headers, state }: { headers?: Record<string, string>; state?: string } = {},
): Promise<Json> {
  const reply = await server.admin.post(path, body, { status: 202, headers });
  return server.job(reply.body.job_id, state);
}

export async function makeGroup(server: Server, name: string, conditions: Json[] = []): Promise<Json> {
  const { body } = await server.admin.post(`${v1}/groups`, {
    name, entity: "people", kind: "dynamic", criteria: { match: "all", conditions },
  }, { status: 201 });
  return body;
}

/** The plan of a push, with its figures. */
export async function push(server: Server, group: Json, dryRun = false): Promise<Json> {
  return (await runJob(server, `${v1}/groups/${group.id}/push`, { dry_run: dryRun })).result;
}

export async function makeCampaign(server: Server, group: Json, name = "News"): Promise<Json> {
  const { body } = await server.admin.post(`${v1}/campaigns`, {
    name, group_id: group.id, subject: "Hello *|FNAME|*", from_name: "Example",
    from_email: "news@example.test", html: HTML,
  }, { status: 201 });
  return body;
}

export async function isSent(server: Server, campaign: Json): Promise<void> {
  await until("the campaign is sent", async () => {
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
    return body.status === "sent";
  });
}

/** recipients = sent + waiting + everybody who was left out. */
export function isBalanced(report: Json): boolean {
  const out = Object.values(report.left_out as Record<string, number>);
  return report.recipients === report.sent + report.waiting + out.reduce((a, b) => a + b, 0);
}
