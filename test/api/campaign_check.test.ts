/** The check of a campaign that asks others: its links, and the DNS. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runJob, until, useDns, useReceiver, useServer, type Json, type Server } from "../harness/index.js";

const v1 = "/api/v1";

async function make(server: Server, html: string, fields: Json = {}): Promise<Json> {
  return (await server.admin.post(`${v1}/campaigns`, { name: "A", subject: "s", from_name: "Us",
    from_email: "us@news.example.test", html, ...fields }, { status: 201 })).body;
}
/** 8 x 6 green pixels. */
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEUlEQVR42mOIWlCBFTEMpAQAT0JFYUlqOpoAAAAASUVORK5CYII=", "base64");
const check = async (server: Server, campaign: Json): Promise<Json> =>
  (await runJob(server, `${v1}/campaigns/${campaign.id}/check`, {})).result;

describe("the check of a campaign", () => {
  const env: Record<string, string> = {
    MUSTER_WEBHOOKS_PRIVATE: "true",
  };
  const site = useReceiver();
  const dns = useDns(env);
  const server = useServer({ env });

  it("tries each link once, by HEAD and then by GET", async () => {
    site.answer = ({ method, path }) =>
      path === "/gone" ? 404 : path === "/people" ? 403 : path === "/get" && method === "HEAD" ? 405 : 200;
    const links = ["/good", "/good", "/gone", "/people", "/get"].map((path) => `<a href="${site.url}${path}">x</a>`);
    const result = await check(server, await make(server,
      `${links.join("")}<a href="*|UNSUB|*">off</a><a href="${site.url}/for/*|FNAME|*">y</a><a href="mailto:a@b.example">z</a>`));
    assert.deepEqual(result.links.map((l: Json) => [l.url.slice(site.url.length), l.state, l.status]), [
      ["/good", "good", 200], ["/gone", "broken", 404], ["/people", "unknown", 403], ["/get", "good", 200],
    ]);
    assert.equal(result.links[0].problem, null);
    assert.match(result.links[1].problem, /no such page/);
    assert.deepEqual(site.requests.filter((r) => r.path === "/good").map((r) => r.method), ["HEAD"]);
    assert.ok(!site.requests.some((r) => r.path.startsWith("/for")));
    assert.equal(result.is_ready, false);
    assert.ok(result.items.some((i: Json) => i.code === "recipients"));
  });

  it("says whether anybody of the group can be mailed", async () => {
    const { id: group_id } = (await server.admin.post(`${v1}/groups`, { name: "Out", kind: "dynamic",
      criteria: { match: "all", conditions: [{ field: "city", op: "is", value: "Outing" }] } }, { status: 201 })).body;
    const campaign = await make(server, "x", { group_id });
    const says = async (): Promise<Json> =>
      (await check(server, campaign)).items.find((i: Json) => i.code === "recipients");
    assert.match((await says()).details, /no members/);
    const add = async (email: string, fields: Json): Promise<void> => {
      await server.admin.post(`${v1}/people`, { first_name: "P", email, city: "Outing", ...fields }, { status: 201 });
    };
    await add("out@example.test", { opted_out: true, reason: "phoned" });
    await add("", {});
    assert.deepEqual([(await says()).type, /nobody in the group can be mailed/.test((await says()).details)], ["error", true]);
    await add("open@example.test", {});
    assert.equal((await says()).type, "success");
  });

  it("refuses conditionals that are nested too deep, and so does the sending: it waits for nothing", async () => {
    server.allowLog(/job failed kind=campaign-send/);
    const deep = "*|IF:FNAME|*".repeat(33) + "x";
    const { id: group_id } = (await server.admin.post(`${v1}/groups`, { name: "Deep", kind: "dynamic", criteria: { match: "all", conditions: [] } }, { status: 201 })).body;
    await server.admin.post(`${v1}/people`, { first_name: "Ann", email: "ann@example.test" }, { status: 201 });
    const campaign = await make(server, deep, { group_id });
    const result = await check(server, campaign);
    assert.equal(result.is_ready, false);
    assert.ok(result.items.some((i: Json) => i.type === "error" && i.code === "merge_tag" && /nested deeper than 32/.test(i.details)));
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    const held = await until("it is a draft again", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
      return body.hold ? body : undefined;
    });
    assert.equal(held.status, "draft");
    assert.equal(held.hold.reason, "not_sent");
    assert.equal(held.send_job_id, null);
  });

  it("tries fifty at most", async () => {
    site.answer = () => 200;
    const links = Array.from({ length: 60 }, (_, i) => `<a href="${site.url}/n${i}">x</a>`);
    const result = await check(server, await make(server, links.join("")));
    assert.equal(result.links.length, 50);
    assert.ok(result.links.every((l: Json) => l.state === "good"));
  });

  it("tries pictures as it tries links, and says in which blocks each stands", async () => {
    site.answer = ({ path }) => (path.endsWith("/gone.png") || path === "/dead" ? 404 : 200);
    const campaign = await make(server, "<p>a</p>");
    const at = (path: string): string => `${site.url}${path}`;
    await server.admin.put(`${v1}/campaigns/${campaign.id}/design`, { design: { version: 1, blocks: [
      { id: "text", type: "text", html: `<p><a href="${at("/dead")}">x</a> <a href="${at("/?a=1&amp;b=2")}">y</a></p>` },
      { id: "two", type: "columns", ratio: "1:1", columns: [
        [{ id: "left", type: "button", label: "Go", href: at("/dead") }],
        [{ id: "right", type: "image", alt: "A", src: at("/gone.png"), href: at("/dead") }],
      ] },
      { id: "last", type: "image", alt: "B", src: at("/there.png") },
      { id: "who", type: "image", alt: "C", src: at("/*|FNAME|*.png") },
    ] } });
    const { links } = await check(server, campaign);
    assert.deepEqual(links.map((l: Json) => [l.kind, l.url.slice(site.url.length), l.state, l.blocks]), [
      ["link", "/dead", "broken", ["text", "left", "right"]], ["link", "/?a=1&b=2", "good", ["text"]],
      ["image", "/gone.png", "broken", ["right"]], ["image", "/there.png", "good", ["last"]],
    ]);
    const raw = await check(server, await make(server, `<img src="${at("/gone.png")}" alt="x"><img src="cid:1" alt="y">`));
    assert.deepEqual(raw.links.map((l: Json) => [l.kind, l.state, l.blocks]), [["image", "broken", []]]);
  });

  it("looks its own pictures up instead of asking itself for them", async () => {
    const { url } = (await server.admin.post(`${v1}/images`, PNG, { headers: { "content-type": "image/png" }, status: 201 })).body;
    const { links } = await check(server, await make(server,
      `<img src="${url}" alt="a"><img src="${url.replace(/files\/[^/]+/, `files/${"0".repeat(64)}`)}" alt="b">`));
    assert.deepEqual(links.map((l: Json) => [l.kind, l.state, l.status]), [["image", "good", null], ["image", "broken", null]]);
    assert.match(links[1].problem, /no such picture/);
  });

  it("says what the DNS says of the sender's domain", async () => {
    const states = (r: Json): string[] => [r.domain.spf.state, r.domain.dkim.state, r.domain.dmarc.state];
    const campaign = await make(server, "<p>a</p>");
    assert.deepEqual(states(await check(server, campaign)), ["missing", "unknown", "missing"]);
    dns.texts.set("news.example.test", ["other", `v=spf1 ${"ip4:192.0.2.1 ".repeat(30)}-all`]);
    dns.texts.set("_dmarc.example.test", ["v=DMARC1; p=none"]);
    const result = await check(server, campaign);
    assert.deepEqual(states(result), ["good", "unknown", "good"]);
    assert.equal(result.domain.dmarc.record, "v=DMARC1; p=none");
    dns.texts.set("news.example.test", ["v=spf1 mx +all"]);
    dns.failing.add("_dmarc.news.example.test");
    assert.deepEqual(states(await check(server, campaign)), ["wrong", "unknown", "unknown"]);
    dns.silent.add("news.example.test");
    assert.deepEqual(states(await check(server, campaign)), ["unknown", "unknown", "unknown"]);
  });

  it("asks for no domain where there is none of one's own", async () => {
    dns.asked.length = 0;
    assert.equal((await check(server, await make(server, "<p>a</p>", { from_email: null }))).domain, null);
    assert.equal((await check(server, await make(server, "<p>a</p>", { from_email: "a@gmail.com" }))).domain, null);
    assert.deepEqual(dns.asked, []);
  });

  it("knows which campaigns there are", async () => {
    await server.admin.post(`${v1}/campaigns/999/check`, {}, { status: 404 });
  });

  it("begins anew when the server was stopped meanwhile", async () => {
    let release = (): void => undefined;
    const asked = new Promise<number>((done) => { release = () => done(200); });
    site.answer = () => asked;
    const campaign = await make(server, `<a href="${site.url}/slow">x</a>`);
    const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/check`, {}, { status: 202 });
    await site.next((r) => r.path === "/slow");
    await server.halt();
    site.answer = () => 200;
    release();
    await server.run();
    const result: Json = (await server.job(body.job_id)).result;
    assert.deepEqual(result.links.map((l: Json) => l.state), ["good"]);
  });

  it("is printed by the command line", async () => {
    site.answer = () => 404;
    const campaign = await make(server, `<a href="${site.url}/x">x</a><img src="${site.url}/y" alt="">`);
    const out = await server.command(["campaign", "check", String(campaign.id), "--links"]);
    assert.match(out.stdout, /^broken +Link +http:.*\/x: there is no such page$/m);
    assert.match(out.stdout, /^broken +Picture +http:.*\/y: there is no such page$/m);
    assert.match(out.stdout, /^unknown +DKIM /m);
    assert.equal(out.code, 1);
  });
});

describe("the check of links into a private network", () => {
  const env: Record<string, string> = { MUSTER_DKIM_DOMAIN: "example.test", MUSTER_DKIM_SELECTOR: "k1" };
  const site = useReceiver();
  const dns = useDns(env);
  const server = useServer({ env });

  it("asks nobody there", async () => {
    const result = await check(server, await make(server, `<a href="${site.url}/x">x</a><a href="http://localhost:1/">y</a>` +
      `<img src="${site.url}/z.png" alt=""><img src="http://169.254.169.254/latest/meta-data/" alt="">`));
    assert.deepEqual(result.links.map((l: Json) => [l.state, l.status]), Array(4).fill(["unknown", null]));
    assert.deepEqual(site.requests, []);
  });

  it("finds the key that mails are signed with", async () => {
    dns.texts.set("k1._domainkey.example.test", ["v=DKIM1; k=rsa; p=MIGfMA0G"]);
    const { domain } = await check(server, await make(server, "<p>a</p>"));
    assert.equal(domain.dkim.state, "good");
  });
});
