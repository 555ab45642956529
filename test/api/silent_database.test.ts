/**
 * A database server that stands still, or that the network hides: it neither
 * answers nor closes its connections. Whoever asks is told so in time, the
 * process lives and can be stopped, and all goes on once the database does.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  addPeople, hrefs, isPostgres, isSent, makeCampaign, makeGroup, parseMail, Passage, push, until,
  useServer,
} from "../harness/index.js";

const v1 = "/api/v1";
const WITHIN_MS = 20_000; // the promise is 2 s; libpq alone waits for ever
const SIDE_BY_SIDE = 12; // as many as have workers, and more

describe("a database that does not answer", {
  skip: isPostgres ? false : "SQLite has no server",
}, () => {
  const server = useServer();
  const passage = new Passage();
  const paths: Record<"open" | "click" | "leave", string> = { open: "", click: "", leave: "" };

  before(async () => {
    await passage.start(server.database!);
    server.setEnv({ MUSTER_DATABASE: passage.url });
    server.allowLog(/does not answer|stopping took too long/);
    await server.restart();
    await addPeople(server, ["ann@s.example"]);
    const group = await makeGroup(server, "All");
    await push(server, group);
    const campaign = await makeCampaign(server, group);
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await isSent(server, campaign);
    const { body } = await server.admin.get(`${v1}/outbox`, { rcpt: "ann@s.example" });
    const { source } = (await server.admin.get(`${v1}/outbox/${body.items[0].id}`)).body;
    const { html } = await parseMail(source);
    const path = (letter: string) => html!.match(new RegExp(`/t/${letter}/[\\w-]+`))![0];
    paths.open = path("o");
    paths.leave = path("u");
    paths.click = new URL(hrefs(html!).find((link) => link.includes("/t/c/"))!).pathname;
  });
  after(() => passage.stop());

  /** Each kind: its path, and what is sent. */
  const kinds = async (): Promise<[string, RequestInit][]> => {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const post = (body: object) => ({ method: "POST", headers, body: JSON.stringify(body) });
    const form = (text: string) => ({ method: "POST", body: new URLSearchParams(text) });
    const user = { email: "a@example.test", password: "wrong, but long" };
    return [
      [`${v1}/people`, { headers }],
      [`${v1}/people`, post({ last_name: "Late" })],
      [`${v1}/people/1`, { ...post({ last_name: "Later" }), method: "PATCH" }],
      [`${v1}/export/people.csv`, { headers }],
      [`${v1}/imports`, {
        method: "POST", headers: { ...headers, "Content-Type": "text/csv" }, body: "last_name\nA\n",
      }],
      [`${v1}/session`, post(user)],
      ["/3.0/lists", { headers }],
      [`/3.0/lists/${master}/members`, post({ email_address: "b@s.example", status: "subscribed" })],
      [paths.open, {}],
      [paths.click, {}],
      [paths.leave, {}],
      [paths.leave, form("List-Unsubscribe=One-Click")],
      ["/readyz", {}],
    ];
  };
  let key = "";
  let master = "";

  async function ask(path: string, init: RequestInit = {}) {
    const since = performance.now();
    const reply = await fetch(server.url + path, { redirect: "manual", ...init });
    const text = await reply.text();
    const ms = performance.now() - since;
    assert.ok(ms < WITHIN_MS, `${path} took ${ms} ms`);
    return { status: reply.status, text };
  }

  const isReady = () =>
    until("it is ready", async () => (await ask("/readyz")).status === 200);

  it("is told to whoever asks, and goes on", async () => {
    key = await server.createKey("asker", "administrator");
    master = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const all = await kinds();
    passage.close();
    const each = await Promise.all(all.map(([path, init]) => ask(path, init)));
    each.forEach(({ status, text }, i) =>
      assert.equal(status, 503, `${all[i]![0]}: ${status} ${text}`));
    const crowd = Array.from({ length: SIDE_BY_SIDE }, () => all.at(-2)!)
      .map(([path, init]) => ask(path, init));
    assert.equal((await ask("/healthz")).status, 200);
    for (const { status } of await Promise.all(crowd)) assert.equal(status, 503);
    const ready = await ask("/readyz");
    assert.match(ready.text, /does not answer/);
    const doctor = await server.command(["doctor"]);
    assert.equal(doctor.code, 1);
    assert.match(doctor.stdout, /database.*does not answer/);
    passage.open();
    await isReady();
    for (const [path, init] of all) {
      const { status, text } = await ask(path, init);
      assert.ok(status < 500, `${path}: ${status} ${text}`);
    }
  });

  it("does not keep the program from ending, also while it starts", async () => {
    passage.close();
    await server.halt();
    const { asked } = passage;
    await server.begin();
    await until("the database is asked", () => passage.asked > asked);
    await server.halt();
    passage.open();
    await server.run();
    await isReady();
  });
});
