/** Erasing a person reaches whatever the server keeps: nothing in its data holds the address afterwards. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  addPeople, execute, isSent, makeCampaign, makeGroup, until, useServer, whatHolds, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";

describe("who is erased", () => {
  const server = useServer();
  let people: Json[];

  const mailsTo = async (rcpt: string): Promise<Json[]> =>
    (await server.admin.get(`${v1}/outbox`, { rcpt })).body.items;

  before(async () => {
    people = await addPeople(server, ["Zoe.Quick@Gone.example", "ann@stays.example"]);
    const group = await makeGroup(server, "All");
    const campaign = await makeCampaign(server, group);
    const test = await server.admin.post(`${v1}/campaigns/${campaign.id}/test`,
      { to: ["zoe.quick@gone.example", "ann@stays.example"] }, { status: 202 });
    await server.job(test.body.job_id);
    const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await server.job(body.job_id);
    await isSent(server, campaign);
    await until("both mails are there", async () => (await mailsTo("zoe.quick@gone.example")).length === 2
      && (await mailsTo("ann@stays.example")).length === 2);
    await server.admin.patch(`${v1}/people/${people[0]!.id}`, { email: "zoe@also-gone.example" });
  });

  it("leaves the mail catcher, its files, and what jobs were told", async () => {
    const { body } = await server.mailchimp.get("/3.0/lists");
    const member = await until("the member follows", async () => {
      const found = await server.mailchimp.get(`/3.0/lists/${body.lists[0].id}/members/zoe@also-gone.example`, {}, { status: [200, 404] });
      return found.status === 200 && found.body;
    });
    const path = `/3.0/lists/${body.lists[0].id}/members/${member.id}`;
    await server.mailchimp.post(`${path}/notes`, { note: "rang from zoe.quick@gone.example" });
    await server.mailchimp.post(`${path}/events`, { name: "signed_in", properties: { as: "zoe.quick@gone.example" } });
    await server.halt();
    for (const form of [
      "type=cleaned&data%5Bemail%5D=zoe%40also-gone.example",
      `type=profile&data%5Bid%5D=${member.unique_email_id}&data%5Bemail%5D=zoe.quick%40gone.example`,
    ]) {
      execute(server, "audience", [
        "INSERT INTO job (kind, state, payload, run_at_ms, created_ms, finished_ms) VALUES "
        + `('webhook', 4, '{"webhook_id":1,"form":"${form}"}', 1, 1, ${Date.now()})`]);
    }
    await server.run();
    assert.ok(whatHolds(server, "gone.example").some((where) => where.endsWith(".mail")));
    assert.ok(whatHolds(server, "gone.example").some((where) => /audience.job/.test(where)));
    await server.admin.post(`${v1}/people/${people[0]!.id}/erase`, undefined, { status: 204 });
    let left: string[] = [];
    await until("nothing holds the address", async () => {
      left = whatHolds(server, "gone.example");
      if (left.length > 0) throw new Error(left.join("\n").slice(0, 2000));
      return true;
    });
    assert.equal((await mailsTo("zoe.quick@gone.example")).length, 0);
  });

  it("takes nobody else's mails along", async () => {
    const mails = await mailsTo("ann@stays.example");
    assert.equal(mails.length, 2);
    for (const mail of mails) {
      const { source } = (await server.admin.get(`${v1}/outbox/${mail.id}`)).body;
      assert.match(source, /^To: .*ann@stays\.example/m);
    }
  });
});
