/** The relay as a setting: tried before it is saved, and exchanged while campaigns are sent. */
import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  addPeople, isBalanced, isPostgres, isSent, makeCampaign, makeGroup, parseMail, Relay, until, useRelay, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const NO_OPTIONS = { MUSTER_RELAY: "", MUSTER_ORGANISATION: "", MUSTER_POSTAL_ADDRESS: "" };
const smtp = (relay: { port: number }, more: Json = {}): Json =>
  ({ kind: "smtp", host: "127.0.0.1", port: relay.port, security: "none", ...more });

describe("a test of a relay", () => {
  const server = useServer({ env: NO_OPTIONS });
  const relay = useRelay();
  const login = useRelay({ user: "ann", password: "s3cret:@/ä" });
  const tls = useRelay({ starttls: true, user: "ann", password: "p" });
  const implicit = useRelay({ implicitTls: true });
  const plain = new Relay(); // to be spoken to by TLS, which is all faults to it
  const silent = createServer((socket) => sockets.push(socket.on("error", () => {})));
  const sockets: Socket[] = [];

  before(async () => {
    await plain.start();
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
    await server.admin.patch(`${v1}/settings`, { sender_name: "Ann Ä", sender_email: "ann@acme.example" });
  });
  after(async () => {
    await plain.goAway();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  const test = async (relay?: Json, to = "to@x.example"): Promise<Json> =>
    (await server.admin.post(`${v1}/settings/relay/test`, { to, relay })).body;

  it("says in the relay's own words that it took the mail", async () => {
    relay.onData = () => "250 2.0.0 Ok: queued as ABC";
    assert.deepEqual(await test(smtp(relay)), {
      accepted: true, code: 250, text: "2.0.0 Ok: queued as ABC",
      steps: [`connected to 127.0.0.1:${relay.port}`, "250 2.0.0 Ok: queued as ABC"],
    });
    const [message] = await relay.received(1);
    assert.deepEqual([message!.from, message!.to], ["ann@acme.example", ["to@x.example"]]);
    const mail = await parseMail(message!.data);
    assert.deepEqual([mail.from!.name, mail.from!.address], ["Ann Ä", "ann@acme.example"]);
    assert.match(mail.subject!, /test mail from Muster/);
    assert.equal((await server.admin.get(`${v1}/settings`)).body.relay.kind, "outbox", "nothing was saved");
  });

  it("says what it refuses", async () => {
    relay.onRecipient = () => "550 5.1.1 No such user here";
    const refused = await test(smtp(relay));
    assert.deepEqual([refused.accepted, refused.code, refused.text], [false, 550, "5.1.1 No such user here"]);
    relay.onRecipient = () => undefined;
    relay.onSender = () => "451 4.7.1 Greylisted";
    assert.equal((await test(smtp(relay))).code, 451);
    relay.onSender = () => undefined;
    relay.onConnect = () => "554 5.7.1 Go away";
    assert.equal((await test(smtp(relay))).text, "5.7.1 Go away");
    relay.onConnect = () => undefined;
  });

  it("signs in, and says if it may not", async () => {
    const good = await test(smtp(login, { username: "ann", password: "s3cret:@/ä" }));
    assert.equal(good.accepted, true, JSON.stringify(good));
    assert.deepEqual(good.steps.slice(0, 2), [`connected to 127.0.0.1:${login.port}`, "signed in as ann"]);
    const wrong = await test(smtp(login, { username: "ann", password: "wrong" }));
    assert.deepEqual([wrong.accepted, wrong.code], [false, 535]);
    assert.match(wrong.text, /Wrong user or password/);
  });

  it("says what went wrong where no relay says anything, and what to do", async () => {
    const gone = await new Relay().start();
    await gone.stop();
    const cases: [Json, RegExp][] = [
      [smtp(gone), /Connection refused.*check host and port/],
      [{ kind: "smtp", host: "no-such-host.invalid", port: 25, security: "none" }, /cannot find the relay's address.*check host/],
      [smtp({ port: (silent.address() as AddressInfo).port }), /did not answer in time.*check the port/],
      [smtp(tls, { security: "starttls" }), /certificate/],
      [smtp(implicit, { security: "tls" }), /certificate/],
      [smtp(relay, { security: "starttls" }), /does not offer STARTTLS/],
      [smtp(plain, { security: "tls" }), /TLS/i],
    ];
    for (const [relay, why] of cases) {
      const said = await test(relay);
      assert.deepEqual([said.accepted, said.code], [false, null], JSON.stringify(said));
      assert.match(said.text, why);
    }
    assert.equal(tls.messages.length + implicit.messages.length, 0);
  });

  it("is in the outbox while that is the relay", async () => {
    const said = await test();
    assert.deepEqual([said.accepted, said.code], [true, null]);
    assert.match(said.text, /outbox/);
    const { body } = await server.admin.get(`${v1}/outbox`, { rcpt: "to@x.example" });
    assert.equal(body.items[0].subject, "A test mail from Muster");
  });

  it("comes from its reader if nobody is known as sender", async () => {
    await server.admin.patch(`${v1}/settings`, { sender_name: "", sender_email: "" });
    relay.messages.length = 0;
    await test(smtp(relay), "me@x.example");
    assert.equal((await relay.received(1))[0]!.from, "me@x.example");
  });

  it("is one at a time", async () => {
    let go = (): void => {};
    const held = new Promise<void>((done) => (go = done));
    relay.pace = (command) => (command === "RCPT" ? held : undefined);
    const asked = (): number => relay.commands.get("RCPT") ?? 0;
    const before = asked();
    const first = test(smtp(relay));
    await until("it is under way", () => asked() > before);
    await server.admin.post(`${v1}/settings/relay/test`, { to: "b@x.example" }, { status: 409 });
    go();
    assert.equal((await first).accepted, true);
    relay.pace = () => undefined;
    assert.equal((await test()).accepted, true);
  });

  it("takes no mistakes for a relay", async () => {
    const wrong: [Json, string][] = [
      [{ to: "x" }, "to"], [{ relay: smtp(relay) }, "to"], [{ to: "a@b.example", relay: {} }, "relay.kind"],
      [{ to: "a@b.example", relay: smtp(relay, { host: "a b" }) }, "relay.host"],
      [{ to: "a@b.example", relay: smtp(relay, { port: 0 }) }, "relay.port"],
      [{ to: "a@b.example", relay: smtp(relay, { security: "ssl" }) }, "relay.security"],
      [{ to: "a@b.example", relay: smtp(relay, { username: "u" }) }, "relay.password"],
    ];
    for (const [body, field] of wrong) {
      const reply = await server.admin.post(`${v1}/settings/relay/test`, body, { status: 400 });
      assert.equal(reply.body.errors[0].field, field, JSON.stringify(body));
    }
  });

  it("leaves no password in the log", () => {
    assert.ok(!server.log.join("\n").includes("s3cret"));
  });
});

describe("a relay that is saved", { skip: isPostgres && "one setting, and what SMTP makes of it" }, () => {
  const first = useRelay({ user: "ann", password: "s3cret" });
  const second = useRelay();
  const server = useServer({ env: NO_OPTIONS });
  const patch = (relay: Json, status?: number): Promise<Json> =>
    server.admin.patch(`${v1}/settings`, { relay }, { status });
  let group: Json;

  it("tells its password to nobody, and to no other host", async () => {
    const { body, text } = await patch(smtp(first, { username: "ann", password: "s3cret" }));
    assert.deepEqual(body.relay, { ...smtp(first), username: "ann", has_password: true });
    assert.ok(!text.includes("s3cret"));
    assert.ok(!(await server.admin.get(`${v1}/settings`)).text.includes("s3cret"));
    const kept = await patch(smtp(first, { username: "ann" }));
    assert.equal(kept.body.relay.has_password, true);
    assert.deepEqual((await patch({ kind: "smtp", host: "127.0.0.1" })).body.relay, kept.body.relay);
    const other = await patch(smtp(first, { host: "localhost", username: "ann" }), 400);
    assert.equal(other.body.errors[0].field, "relay.password");
    assert.equal((await patch(smtp(first, { username: "bob" }), 400)).body.errors[0].field, "relay.password");
    const stolen = { to: "a@b.example", relay: { kind: "smtp", host: "localhost", port: second.port, username: "ann" } };
    await server.admin.post(`${v1}/settings/relay/test`, stolen, { status: 400 });
    const bare = { kind: "smtp", host: "localhost" }; // another relay: nothing of the last one is true
    assert.deepEqual((await patch(bare)).body.relay,
      { ...bare, port: 25, security: "none", username: null, has_password: false });
    await patch(smtp(first, { username: "ann", password: "s3cret" }));
    assert.equal((await patch(smtp(second, { username: null }))).body.relay.has_password, false);
    await patch(smtp(first, { username: "ann", password: "s3cret" }));
  });

  it("is what checks and commands talk about", async () => {
    await addPeople(server, Array.from({ length: 1200 }, (_, i) => `p${i}@d${i % 3}.example`));
    group = await makeGroup(server, "All");
    const campaign = await makeCampaign(server, group);
    const address = async (): Promise<Json> =>
      (await server.admin.get(`${v1}/campaigns/${campaign.id}/checklist`)).body.items
        .find((i: Json) => i.heading === "Postal address");
    assert.equal((await address()).type, "error");
    assert.match((await server.command(["doctor"])).stdout, /good +relay answers and takes the password[^]*problem +postal address/);
    const { stdout } = await server.command(["config", "--print"]);
    assert.match(stdout, new RegExp(`^relay = smtp://127.0.0.1:${first.port} {2}# settings$`, "m"));
    await patch({ kind: "outbox" });
    assert.equal((await address()).type, "success");
    await server.admin.patch(`${v1}/settings`, { organisation: "Acme", postal_address: "1 Road" });
    assert.equal((await address()).details, "it is added to every message");
  });

  it("is used at once, after a restart, and by whoever sends single mails", async () => {
    await patch(smtp(first, { username: "ann", password: "s3cret" }));
    await until("the audience is told", async () =>
      (await server.mailchimp.get("/3.0/lists")).body.lists[0].name === "Acme");
    const campaign = await makeCampaign(server, group, "Test only");
    const test = { to: ["t@x.example"] };
    await server.admin.post(`${v1}/campaigns/${campaign.id}/test`, test, { status: 202 });
    assert.equal((await first.received(1))[0]!.user, "ann");
    await server.restart();
    await server.admin.post(`${v1}/campaigns/${campaign.id}/test`, test, { status: 202 });
    await first.received(2);
    await patch(smtp(second, { username: null }));
    await server.admin.post(`${v1}/campaigns/${campaign.id}/test`, test, { status: 202 });
    await second.received(1);
    first.messages.length = second.messages.length = 0;
  });

  const isDone = async (campaign: Json, doubles: number): Promise<void> => {
    await isSent(server, campaign);
    const all = [...first.messages, ...second.messages].flatMap((m) => m.to);
    assert.equal(new Set(all).size, 1200, "somebody was lost");
    assert.ok(all.length - 1200 <= doubles, `${all.length - 1200} doubles`);
    const figures = await until("all are counted", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/report`);
      return body.sent === 1200 ? body : undefined;
    });
    assert.ok(isBalanced(figures), JSON.stringify(figures));
  };

  it("is exchanged in mid-send: nobody is lost, nobody gets it twice", async () => {
    const campaign = await makeCampaign(server, group, "Exchanged");
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await second.received(300);
    await patch(smtp(first, { username: "ann", password: "s3cret" }));
    await isDone(campaign, 0);
    assert.ok(first.messages.length > 0, "the new relay got none");
    for (const message of first.messages) assert.match(String(message.data), /1 Road/);
  });

  it("is exchanged, and the server is killed: at most 32 get it twice", async () => {
    server.allowLog(/warn messages are uncertain/);
    server.allowLog(/the server stops/);
    first.messages.length = second.messages.length = 0;
    const campaign = await makeCampaign(server, group, "Killed");
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await first.received(300);
    await patch(smtp(second, { username: null }));
    await server.kill();
    await server.run();
    await isDone(campaign, 32);
    assert.ok(second.messages.length > 0);
  });

  it("is exchanged while the last one hangs or refuses", async () => {
    server.allowLog(/relay/i);
    first.messages.length = second.messages.length = 0;
    second.onSender = () => "550 5.7.1 Relaying denied";
    const campaign = await makeCampaign(server, group, "Refused");
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await until("it is held", async () => (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.hold);
    second.pace = () => new Promise(() => {}); // from now on it says nothing
    await patch(smtp(first, { username: "ann", password: "s3cret" }));
    await isDone(campaign, 0);
    assert.equal(first.messages.length, 1200);
    const after = await until("it is held no more", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
      return body.hold === null && body;
    });
    assert.equal(after.status, "sent");
  });
});

describe("processes on one database", () => {
  const relay = useRelay();
  const server = useServer({ env: { ...NO_OPTIONS, MUSTER_ROLES: "api,jobs" } });
  const sender = useServer({ env: NO_OPTIONS });

  it("all see a relay that one of them was told", async (t) => {
    if (!server.database) return t.skip("one process has the embedded databases");
    await sender.halt();
    sender.setEnv({
      MUSTER_DATABASE: server.database, MUSTER_ROLES: "send,track",
      MUSTER_SUPPRESSION_JOURNAL: join(server.folder, "suppression.journal"),
    });
    await sender.run();
    const people = await addPeople(server, ["a@a.example", "b@a.example"]);
    const group = await makeGroup(server, "All");
    await server.admin.patch(`${v1}/settings`, { postal_address: "1 Road", relay: smtp(relay) });
    await until("the audience is told", async () =>
      (await server.mailchimp.get("/3.0/lists")).body.lists[0].contact.address1 === "1 Road");
    await sender.logged(/another relay is in force/);
    const campaign = await makeCampaign(server, group);
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await relay.received(people.length);
    await isSent(server, campaign);
    await sender.halt(); // before the database that it uses goes
  });
});
