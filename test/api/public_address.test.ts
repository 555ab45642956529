/**
 * Whoever gets a mail of a real relay can unsubscribe: without a configured
 * address of this server nothing leaves, and no campaign without a postal one.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  addPeople, isSent, makeCampaign, makeGroup, runJob, until, useRelay, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";

describe("a server with a real relay", () => {
  const relay = useRelay();
  const server = useServer();
  let group: Json;
  let campaign: Json;

  const check = async (): Promise<Json> =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}/checklist`)).body;
  const errors = async (): Promise<string[]> =>
    (await check()).items.filter((i: Json) => i.type === "error").map((i: Json) => i.heading);
  const path = (act: string): string => `${v1}/campaigns/${campaign.id}/${act}`;
  const start = async (env: Record<string, string>): Promise<void> => {
    await server.halt();
    server.setEnv({ MUSTER_RELAY: relay.url, ...env });
    await server.run();
  };

  before(async () => {
    server.allowLog(/job failed/);
    server.allowLog(/relay (not reached|takes no messages)/);
    await addPeople(server, ["a@a.example", "b@a.example"]);
    group = await makeGroup(server, "All");
    campaign = await makeCampaign(server, group);
    assert.deepEqual(await errors(), []);
    await start({ MUSTER_PUBLIC_URL: "", MUSTER_POSTAL_ADDRESS: "" });
  });

  it("and neither address checks, sends and tests nothing", async () => {
    assert.deepEqual(await errors(), ["Postal address", "Public address"]);
    const { code, stdout, stderr } = await server.command(["campaign", "check", String(campaign.id)]);
    assert.match(stdout, /error +Public address +set MUSTER_PUBLIC_URL/);
    assert.match(stderr, /not ready to send/);
    assert.equal(code, 1);
    const sent = await runJob(server, path("send"), undefined, { state: "failed" });
    assert.match(sent.error, /postal address|public_url/);
    const tested = await runJob(server, path("test"), { to: ["x@a.example"] }, { state: "failed" });
    assert.match(tested.error, /MUSTER_PUBLIC_URL/);
    const { text } = await server.anonymous.get("/readyz");
    assert.match(text, /^ready to serve, but not to send\nsending is off: public_url is not set/);
    const doctor = await server.command(["doctor"]);
    assert.match(doctor.stdout, /problem {2}public address: set MUSTER_PUBLIC_URL/);
    assert.equal(relay.messages.length, 0);
  });

  it("and a postal address only, neither", async () => {
    await start({ MUSTER_POSTAL_ADDRESS: "1 Road, Town" });
    assert.deepEqual(await errors(), ["Public address"]);
    const sent = await runJob(server, path("send"), undefined, { state: "failed" });
    assert.match(sent.error, /public_url/);
    assert.equal(relay.messages.length, 0);
  });

  it("and a public address that is not https is told of by doctor", async () => {
    const of = async (url: string) =>
      (await server.command(["doctor"], { env: { MUSTER_PUBLIC_URL: url } })).stdout;
    const told = /problem {2}public address \(MUSTER_PUBLIC_URL\): it is http: .* only over https/;
    assert.match(await of("http://news.invalid"), told);
    assert.doesNotMatch(await of("https://news.invalid"), told);
    assert.doesNotMatch(await of(server.url), told); // this machine
  });

  it("and a public address only, tests, and sends no campaign", async () => {
    await start({ MUSTER_PUBLIC_URL: server.url, MUSTER_POSTAL_ADDRESS: "" });
    assert.deepEqual(await errors(), ["Postal address"]);
    await runJob(server, path("test"), { to: ["x@a.example"] });
    await relay.received(1);
    const sent = await runJob(server, path("send"), undefined, { state: "failed" });
    assert.match(sent.error, /postal address/);
    assert.equal(relay.messages.length, 1);
    assert.equal((await server.anonymous.get("/readyz")).text, "ready\n");
  });

  it("sends nothing of a campaign under way that loses its address", async () => {
    relay.onConnect = () => "421 4.3.2 later";
    await start({ MUSTER_POSTAL_ADDRESS: "1 Road, Town" });
    campaign = await makeCampaign(server, group, "Second");
    await server.admin.post(path("send"), undefined, { status: 202 });
    await until("it is under way", async () =>
      (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.status === "sending");
    relay.onConnect = () => undefined;
    await start({ MUSTER_PUBLIC_URL: "" });
    assert.match((await server.anonymous.get("/readyz")).text, /public_url is not set/);
    await start({ MUSTER_PUBLIC_URL: server.url });
    await isSent(server, campaign);
    for (const { data } of relay.messages)
      assert.ok(String(data).includes(`List-Unsubscribe: <${server.url}/`), String(data));
  });
});
