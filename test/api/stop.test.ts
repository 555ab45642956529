/**
 * SIGTERM in every state: the program ends within 5 s (a test gives it ten
 * times that), and at the next start it goes on where it was: nothing is lost,
 * and nothing is done twice but for the few messages whose answer was not in.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  addPeople, binary, hrefs, isPostgres, isSent, Lock, makeCampaign, makeGroup, parseMail, push, Server,
  until, useReceiver, useRelay, useServer, type Json, stopAll,
} from "../harness/index.js";

const v1 = "/api/v1";
const ROWS = 6_000;
const UNCERTAIN = 32; // send.uncertain_max
const LIMIT_MS = 5_000 * 10;

/** Stops it and says how long that took; it ends by itself, not by its last resort. */
async function stops(server: Server, state: string): Promise<void> {
  const since = Date.now();
  await server.halt();
  const took = Date.now() - since;
  console.log(`# ${isPostgres ? "PostgreSQL" : "SQLite"}: stopped in ${took} ms: ${state}`);
  assert.ok(took < LIMIT_MS, `it took ${took} ms: ${state}`);
  assert.ok(!server.log.some((line) => /stopping took too long/.test(line)), state);
}

/** Takes connections and what is sent, and never answers. */
class Silence {
  url = "";
  connections = 0;
  private sockets = new Set<Socket>();
  private server = createServer((socket) => {
    this.connections++;
    this.sockets.add(socket);
    socket.on("error", () => {});
    socket.resume();
  });

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }
}

describe("a server that is told to stop", () => {
  const relay = useRelay();
  const server = useServer();
  const people = execFileSync("python3", [
    resolve(binary, "../../tools/make_people.py"), "--rows", String(ROWS), "--clean",
  ], { maxBuffer: 1 << 28 });
  let group: Json;
  let campaign: Json;

  const begin = async (path: string, body?: unknown, headers?: Record<string, string>) =>
    (await server.admin.post(path, body, { status: 202, headers })).body.job_id as number;
  const isRunning = (id: number) =>
    until("the job runs", async () => {
      const { body } = await server.admin.get(`${v1}/jobs/${id}`);
      return body.state !== "queued" && { done: body.done as number };
    });

  before(async () => {
    server.allowLog(/warn messages are uncertain/);
    server.setEnv({ MUSTER_RELAY: relay.url });
    await server.restart();
  });

  it("ends in the middle of an import", async () => {
    const id = await begin(`${v1}/imports`, people, { "content-type": "text/csv" });
    await isRunning(id);
    await stops(server, "an import");
    await server.run();
    const { result } = await server.job(id);
    assert.equal((result as Json).created, ROWS, JSON.stringify(result));
    assert.equal((await server.admin.get(`${v1}/people`)).body.total, ROWS);
  });

  it("ends in the middle of a push", async () => {
    group = await makeGroup(server, "All");
    const id = await begin(`${v1}/groups/${group.id}/push`, { dry_run: false });
    await until("some are pushed", async () => {
      const { body } = await server.admin.get(`${v1}/jobs/${id}`);
      return body.done > 0 || body.state === "done";
    });
    await stops(server, "a push");
    await server.run();
    await server.job(id);
    const again = await push(server, group);
    assert.equal(again.unchanged, ROWS, JSON.stringify(again));
  });

  it("ends in the middle of a push that reads what is there, page by page", async () => {
    const id = await begin(`${v1}/groups/${group.id}/push`, { dry_run: false });
    await isRunning(id);
    await stops(server, "reading a tag");
    await server.run();
    const { result } = await server.job(id);
    assert.equal((result as Json).unchanged, ROWS, JSON.stringify(result));
  });

  it("ends in the middle of preparing a send", async () => {
    campaign = await makeCampaign(server, group);
    relay.pace = () => new Promise(() => {}); // it hangs from here on
    const id = await begin(`${v1}/campaigns/${campaign.id}/send`);
    await isRunning(id);
    await stops(server, "preparing a send");
    await server.run();
    await server.job(id);
  });

  it("ends while the relay hangs", async () => {
    await until("the relay is spoken to", () => relay.open > 0);
    await stops(server, "a relay that hangs");
    relay.pace = () => undefined;
    relay.onData = () => new Promise(() => {}); // past the final dot
    await server.run();
    await until("messages wait for their answer", () => (relay.commands.get("DATA") ?? 0) > 0);
    await stops(server, "a relay that does not answer the dot");
    relay.onData = () => undefined;
    await server.run();
  });

  it("ends in the middle of a send, and everybody gets it once", async () => {
    await relay.received(ROWS / 3);
    await stops(server, "a send");
    await server.run();
    await isSent(server, campaign);
    const times = new Map<string, number>();
    for (const message of relay.messages)
      for (const to of message.to) times.set(to, (times.get(to) ?? 0) + 1);
    assert.equal(times.size, ROWS, "somebody was lost");
    const doubles = relay.messages.length - ROWS;
    console.log(`# ${doubles} doubles`);
    assert.ok(doubles <= 2 * UNCERTAIN, `${doubles} doubles`);
  });

  it("ends with a client that says nothing, and one in the middle of a body", async () => {
    const port = Number(new URL(server.url).port);
    const silent = connect(port, "127.0.0.1");
    const slow = connect(port, "127.0.0.1");
    for (const socket of [silent, slow]) socket.on("error", () => {});
    slow.write("POST /api/v1/imports HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab");
    await server.admin.get(`${v1}/people`, { limit: 1 });
    await stops(server, "clients that hold their connections");
    silent.destroy();
    slow.destroy();
    await server.run();
  });
});

describe("a server that is told to stop with hits to apply", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  const HITS = 2_000;

  it("applies them all at the next start", async () => {
    await addPeople(server, ["ann@s.example", "bob@s.example"]);
    const group = await makeGroup(server, "All");
    await push(server, group);
    const campaign = await makeCampaign(server, group);
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await isSent(server, campaign);
    const { body } = await server.admin.get(`${v1}/outbox`, { rcpt: "ann@s.example" });
    const { source } = (await server.admin.get(`${v1}/outbox/${body.items[0].id}`)).body;
    const url = hrefs((await parseMail(source)).html!).find((link) => link.includes("/t/c/"))!;
    const hits = Array.from({ length: 40 }, async () => {
      for (let i = 0; i < HITS / 40; i++)
        assert.equal((await fetch(url, { redirect: "manual" })).status, 302);
    });
    await Promise.all(hits);
    await stops(server, "hits that are not applied");
    await server.run();
    const engine = (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body;
    const path = `/3.0/reports/${engine.marketing_campaign_id}/email-activity`;
    await until("all hits are there", async () => {
      const { body: report } = await server.mailchimp.get(path, { count: 1000 });
      const all = report.emails.flatMap((e: Json) => e.activity as Json[]);
      assert.ok(all.length <= HITS, `${all.length} of ${HITS}`);
      return all.length === HITS;
    });
  });
});

describe("a server that is told to stop while others do not answer", () => {
  const silence = new Silence();
  const server = new Server({
    env: { MUSTER_RELAY: "outbox:", MUSTER_WEBHOOKS_PRIVATE: "true" },
  });
  const receiver = useReceiver();

  before(async () => {
    await silence.start();
    process.on("exit", () => server.killLeftover());
    await server.start();
  });
  after(() => stopAll(silence, server));

  it("ends while a webhook is not taken, and tells it again", async () => {
    const api = server.mailchimp;
    const list = `/3.0/lists/${(await api.get("/3.0/lists")).body.lists[0].id}`;
    await api.post(`${list}/webhooks`, {
      url: `${receiver.url}/hook`, events: { subscribe: true }, sources: { api: true },
    });
    receiver.answer = () => new Promise(() => {});
    await api.post(`${list}/members`, { email_address: "w@s.example", status: "subscribed" });
    await until("it is told", () => receiver.requests.some((r) => r.method === "POST"));
    await stops(server, "a webhook that is not taken");
    receiver.answer = () => 200;
    receiver.requests = [];
    await server.run();
    await receiver.next((r) => r.form.get("data[email]") === "w@s.example");
  });

  it("ends while the Marketing API hangs", async () => {
    await addPeople(server, ["ann@s.example"]);
    const group = await makeGroup(server, "All");
    server.setEnv({ MUSTER_MARKETING_API_URL: `${silence.url}/3.0`, MUSTER_MARKETING_API_KEY: "x-us1" });
    await server.restart();
    const { body } = await server.admin.post(`${v1}/groups/${group.id}/push`,
      { dry_run: false }, { status: 202 });
    await until("it is asked", () => silence.connections > 0);
    await stops(server, "a Marketing API that hangs");
    server.setEnv({ MUSTER_MARKETING_API_URL: "", MUSTER_MARKETING_API_KEY: "" });
    await server.run();
    const job = await server.job(body.job_id);
    assert.equal((job.result as Json).add, 1, JSON.stringify(job));
  });
});

describe("a server that is told to stop before it has started", () => {
  const server = useServer();

  it("ends while the database is locked", async () => {
    await server.halt();
    const lock = await Lock.take(server, "ACCESS EXCLUSIVE");
    try {
      await server.begin();
      await stops(server, "starting on a locked database");
    } finally {
      await lock.release();
    }
    await server.run();
  });
});
