/** Who complained, of an audience. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { anotherList, execute, masterList, useServer } from "../harness/index.js";

describe("abuse reports of an audience", () => {
  const server = useServer();

  it("are of members who complained", async () => {
    const api = server.mailchimp;
    const list = await masterList(api);
    const path = `${list}/abuse-reports`;
    for (const name of ["a", "b"])
      await api.post(`${list}/members`, { email_address: `${name}@example.org`, status: "subscribed", vip: name === "b", merge_fields: { FNAME: "Zoë" } });
    assert.deepEqual((await api.get(path)).body.abuse_reports, []);
    const id = (await api.get(`${list}/members/b@example.org`)).body.web_id;
    await api.get(`${path}/${id}`, {}, { status: 404 });

    // as a complaint is written, see delivery.test.ts
    await server.halt();
    execute(server, "audience", [
      "UPDATE member SET status = 2, unsubscribed_by = 3, unsubscribed_ms = 1700000000000 WHERE address = 'b@example.org'",
    ]);
    await server.run();
    const again = server.mailchimp;
    const { body: found } = await again.get(path);
    assert.equal(found.total_items, 1);
    const report = found.abuse_reports[0];
    assert.deepEqual(
      [report.id, report.email_address, report.merge_fields.FNAME, report.vip, report.date, report.campaign_id],
      [id, "b@example.org", "Zoë", true, "2023-11-14T22:13:20+00:00", ""]);
    assert.deepEqual((await again.get(`${path}/${id}`)).body, report);
    assert.deepEqual((await again.get(path, { offset: 1 })).body.abuse_reports, []);
    assert.deepEqual((await again.get(path, { fields: "abuse_reports.id" })).body, { abuse_reports: [{ id }] });
    const other = await anotherList(again);
    for (const wrong of [`${other}/abuse-reports/${id}`, `/3.0/lists/0123456789/abuse-reports/${id}`, `${path}/x`, `${path}/0`, `${path}/999999`])
      await again.get(wrong, {}, { status: 404 });
    await again.get("/3.0/lists/0123456789/abuse-reports", {}, { status: 404 });
  });
});
