/** Verified domains: a code is mailed, and said. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { execute, caughtMail, until, useServer, type Client } from "../harness/index.js";

const domains = "/3.0/verified-domains";

describe("verified domains", () => {
  const server = useServer();
  let api: Client;

  before(() => {
    api = server.mailchimp;
  });

  const codeOf = async (address: string): Promise<string> =>
    /code is: ([0-9a-f]{8})/.exec(JSON.stringify(await caughtMail(server, address)))![1]!;
  const minutesLater = (n: number): void =>
    execute(server, "audience", [`UPDATE verified_domain SET sent_ms = sent_ms - ${n * 60_000}`]);

  it("take addresses only", async () => {
    for (const body of [{}, { verification_email: "" }, { verification_email: "x" }, { verification_email: 7 }, { verification_email: null },
      { verification_email: "a@b" }, { verification_email: `${"x".repeat(1000)}@b.example` }, { verification_email: "a@b.example\r\nBcc: c@d.example" }]) {
      const reply = await api.post(domains, body, { status: 400 });
      assert.equal(reply.body.errors[0].field, "verification_email", JSON.stringify(body));
    }
    await api.post(domains, "{", { status: 400 });
    assert.deepEqual((await api.get(domains)).body.domains, []);
    const user = api.as(await server.createKey("m", "manager"));
    await user.post(domains, { verification_email: "a@b.example" }, { status: 403 });
  });

  it("are verified by the code that was mailed", async () => {
    const { body } = await api.post(domains, { verification_email: "Admin@Shop.Example" });
    assert.equal(body.domain, "shop.example");
    assert.deepEqual([body.verified, body.authenticated], [false, false]);
    const code = await codeOf("admin@shop.example");
    const verify = `${domains}/shop.example/actions/verify`;
    for (const wrong of [{ code: "00000000" }, { code: "" }, { code: 5 }, {}, { code: `${code}0` }])
      await api.post(verify, wrong, { status: 400 });
    assert.equal((await api.get(`${domains}/shop.example`)).body.verified, false);
    assert.equal((await api.post(verify, { code: code.toUpperCase() })).body.verified, true);
    assert.equal((await api.post(verify, { code: "again" })).body.verified, true);
    assert.equal((await api.get(`${domains}/SHOP.example`)).body.verified, true);
    await api.post(domains, { verification_email: "b@shop.example" }, { status: 400 });
    assert.equal((await api.get(domains)).body.total_items, 1);
  });

  it("get another code after a minute, and the old one is worth nothing", async () => {
    await api.post(domains, { verification_email: "a@other.example" });
    const first = await codeOf("a@other.example");
    await api.post(domains, { verification_email: "b@other.example" }, { status: 429 });
    minutesLater(1);
    await api.post(domains, { verification_email: "b@other.example" });
    const second = await codeOf("b@other.example");
    const verify = `${domains}/other.example/actions/verify`;
    await api.post(verify, { code: first }, { status: 400 });
    minutesLater(24 * 60);
    await api.post(verify, { code: second }, { status: 400 });
    await api.delete(`${domains}/other.example`, { status: 204 });
  });

  it("bear ten tries", async () => {
    await api.post(domains, { verification_email: "a@guess.example" });
    const code = await codeOf("a@guess.example");
    const verify = `${domains}/guess.example/actions/verify`;
    await Promise.all(Array.from({ length: 10 }, () => api.post(verify, { code: "ffffffff" }, { status: 400 })));
    await api.post(verify, { code }, { status: 400 });
  });

  it("are one of a name, also if two ask at once", async () => {
    const statuses = await Promise.all([1, 2, 3].map(() =>
      api.post(domains, { verification_email: "a@twice.example" }, { status: [200, 429] }).then((r) => r.status)));
    assert.deepEqual(statuses.sort(), [200, 429, 429]);
  });

  it("may have letters of any kind", async () => {
    const { body } = await api.post(domains, { verification_email: "a@bücher.example" });
    assert.equal(body.domain, "xn--bcher-kva.example");
    assert.equal((await api.get(`${domains}/b%C3%BCcher.example`)).body.domain, body.domain);
    await until("the mail is there", () => codeOf("a@xn--bcher-kva.example"));
  });

  it("are not there for what there is not", async () => {
    for (const name of ["none.example", "x", "%27", "a%40b.example", "x".repeat(300)]) {
      await api.get(`${domains}/${name}`, {}, { status: 404 });
      await api.delete(`${domains}/${name}`, { status: 404 });
      await api.post(`${domains}/${name}/actions/verify`, { code: "00000000" }, { status: 404 });
    }
  });
});
