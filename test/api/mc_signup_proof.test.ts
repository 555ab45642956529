/** Proof of work of the hosted form: done by its script, and not needed by who confirms. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { runInNewContext } from "node:vm";
import { until, useServer } from "../harness/index.js";

const BITS = 8;

describe("a sign-up form that asks for a proof of work", () => {
  const server = useServer({ env: { MUSTER_SIGNUP_PROOF_BITS: String(BITS), MUSTER_SIGNUP_PER_CLIENT: "0" } });
  let where: string;
  let shown: string;
  const post = (typed: Record<string, string>) =>
    server.anonymous.post(`/subscribe/post${where}`, new URLSearchParams(typed).toString(), { headers: { "content-type": "application/x-www-form-urlencoded" } });
  /** What the form's own script finds, in a page that has the two fields. */
  const solve = async (stamp: string): Promise<string> => {
    const { text, type } = await server.anonymous.get("/subscribe/proof.js");
    assert.equal(type, "text/javascript");
    const proof = { value: "", getAttribute: () => String(BITS) };
    const document = { querySelector: (what: string) => (what.includes("proof") ? proof : { value: stamp }) };
    runInNewContext(text, { document, setTimeout, Math, Date, Int32Array, String });
    return until("the script has found it", () => proof.value !== "" && proof.value);
  };

  before(async () => {
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    await server.mailchimp.patch(`/3.0/lists/${list}`, { double_optin: false });
    where = `?u=${(await server.mailchimp.get("/3.0/")).body.account_id}&id=${list}`;
    const { text, headers } = await server.anonymous.get(`/subscribe${where}`);
    shown = text.match(/name="shown" value="([^"]+)"/)![1]!;
    assert.match(text, /name="proof" value="" data-bits="8"/);
    assert.match(text, /<script src="subscribe\/proof\.js" defer><\/script>/);
    assert.match(headers.get("content-security-policy")!, /default-src 'none'.*; script-src 'self'$/);
  });

  it("takes it, and subscribes", async () => {
    const proof = await solve(shown);
    assert.equal(createHash("sha256").update(`${shown}:${proof}`).digest()[0], 0);
    const text = await until("it is no program any more", async () => {
      const reply = await post({ EMAIL: "ann@p.example", shown, proof });
      return /Thank you/.test(reply.text) && reply.text;
    });
    assert.ok(!text.includes("<script"));
  });

  it("takes it for three, and has those confirm who use it again, also all at once", async () => {
    const proof = await solve(shown);
    const replies = await Promise.all([0, 1, 2, 3, 4].map((n) => post({ EMAIL: `eva${n}@p.example`, shown, proof })));
    assert.equal(replies.filter(({ text }) => /Thank you/.test(text)).length, 2); // Ann was the first
    assert.equal(replies.filter(({ text }) => /Almost finished/.test(text)).length, 3);
  });

  it("has those confirm who have none, or one of another form", async () => {
    const of = (text: string) => createHash("sha256").update(`${shown}:${text}`).digest()[0]!;
    let wrong = 0;
    while (of(String(wrong)) === 0) wrong++;
    for (const [n, proof] of ["", String(wrong), "1".repeat(21), "x"].entries()) {
      if (proof && proof.length < 21 && of(proof) === 0) continue;
      assert.match((await post({ EMAIL: `ben${n}@p.example`, shown, proof })).text, /Almost finished/, proof);
    }
  });
});
