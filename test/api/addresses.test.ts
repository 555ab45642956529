/** An address is found however it is written: letters or A-labels, any case, on both sides. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { useServer } from "../harness/index.js";

const LETTERS = "ann@bücher.example";
const LABELS = "ann@xn--bcher-kva.example";
const WRITTEN = [LETTERS, "Ann@BÜCHER.example", LABELS, "ANN@XN--BCHER-KVA.EXAMPLE"];
const md5 = (text: string) => createHash("md5").update(text.toLowerCase()).digest("hex");

for (const stored of [LETTERS, LABELS])
  describe(`the address ${stored}`, () => {
    const server = useServer();
    let person: number;
    let list: string;

    before(async () => {
      person = (await server.admin.post("/api/v1/people", { first_name: "Ann", email: stored }, { status: 201 })).body.id;
      await server.admin.post("/api/v1/people", { first_name: "Bob", email: "bob@example.org" }, { status: 201 });
      list = `/3.0/lists/${(await server.mailchimp.get("/3.0/lists")).body.lists[0].id}`;
      await server.mailchimp.post(`${list}/members`, { email_address: stored, status: "subscribed" });
    });

    it("is found in the CRM", async () => {
      for (const email of WRITTEN) {
        const domain = email.split("@")[1]!; // as it is shown, or as it is sent
        const part = stored === LETTERS || /xn--/i.test(domain) ? [{ q: domain }] : [];
        for (const query of [{ email }, { q: email }, ...part]) {
          const { body } = await server.admin.get("/api/v1/people", query);
          assert.deepEqual(body.items.map((p: { id: number }) => p.id), [person], JSON.stringify(query));
        }
        await server.admin.get("/api/v1/suppressions", { address: email });
        const { body } = await server.admin.post("/api/v1/groups/preview",
          { entity: "people", criteria: { conditions: [{ field: "email", op: "is", value: email }] } });
        assert.equal(body.count, 1);
      }
    });

    it("is found in the audience", async () => {
      for (const email of WRITTEN) {
        for (const key of [encodeURIComponent(email), md5(email), md5(email).toUpperCase()])
          assert.equal((await server.mailchimp.get(`${list}/members/${key}`)).body.id, md5(LABELS), `${email} ${key}`);
        assert.equal((await server.mailchimp.get("/3.0/lists", { email })).body.total_items, 1);
        const put = await server.mailchimp.put(`${list}/members/${md5(email)}`,
          { email_address: email, status_if_new: "subscribed", status: "subscribed" });
        assert.equal(put.body.id, md5(LABELS));
      }
      assert.equal((await server.mailchimp.get(`${list}/members`)).body.total_items, 1);
    });

    it("is put by its hash, changed and forgotten", async () => {
      const key = md5("new@bücher.example");
      const { body } = await server.mailchimp.put(`${list}/members/${key}`, { email_address: "new@bücher.example", status_if_new: "subscribed" });
      assert.equal((await server.mailchimp.get(`${list}/members/${key}`)).body.id, body.id);
      await server.mailchimp.patch(`${list}/members/${key}`, { email_address: "new@käse.example" });
      await server.mailchimp.get(`${list}/members/${key}`, {}, { status: 404 });
      const moved = md5("new@käse.example");
      assert.equal((await server.mailchimp.get(`${list}/members/${moved}`)).status, 200);
      await server.mailchimp.post(`${list}/members/${moved}/actions/delete-permanent`, undefined, { status: 204 });
      await server.mailchimp.get(`${list}/members/${moved}`, {}, { status: 404 });
    });
  });
