/** Campaigns to what the audience has: a tag, a saved segment, everybody. The CRM's opt-outs win, and the figures add up. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("a campaign to what the audience has", () => {
  const server = useServer();
  const person: Record<string, number> = {};
  let list: string;

  const job = async (path: string): Promise<Json> =>
    server.job((await server.admin.post(path, undefined, { status: 202 })).body.job_id);
  const allIsTold = () => until("the audience is told of all people", async () => {
    const { items } = (await server.admin.get(`${v1}/jobs`, { kind: "bridge-person" })).body;
    return items.length > 0 && items.every((j: Json) => j.state === "done");
  });
  const make = async (to: Json): Promise<Json> => (await server.admin.post(`${v1}/campaigns`, {
    name: "C", to, subject: "Hello", from_name: "Us", from_email: "us@example.test", html: "<p>Hello</p>",
  }, { status: 201 })).body;
  const targets = async (): Promise<Json> => {
    const { body } = await server.admin.get(`${v1}/audience/targets`);
    if (body.job_id === null) return body;
    await server.job(body.job_id);
    return (await server.admin.get(`${v1}/audience/targets`)).body;
  };
  const sent = async (c: Json): Promise<{ report: Json; to: string[] }> => {
    await job(`${v1}/campaigns/${c.id}/send`);
    await until("it is sent", async () => (await server.admin.get(`${v1}/campaigns/${c.id}`)).body.status === "sent");
    const { body: report } = await server.admin.get(`${v1}/campaigns/${c.id}/report`);
    const there = (await server.admin.get(`${v1}/campaigns/${c.id}`)).body;
    const { body } = await server.mailchimp.get(`/3.0/reports/${there.marketing_campaign_id}/sent-to`, { count: "1000" });
    const out = Object.values(report.left_out as Record<string, number>).reduce((a, b) => a + b, 0);
    assert.equal(report.recipients, report.sent + report.waiting + out, JSON.stringify(report));
    for (const key of ["recipients", "unknown", "sent", "waiting"]) assert.equal(there.figures[key], report[key], key);
    return { report, to: (body.sent_to as Json[]).map((m) => (m.email_address as string).split("@")[0]!).sort() };
  };

  before(async () => {
    list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const { body: firm } = await server.admin.post(`${v1}/companies`, { name: "Firm" }, { status: 201 });
    for (const [name, more] of [["ann", {}], ["bob", {}], ["held", {}], ["firm", { company_id: firm.id }], ["gone", {}]] as const) {
      const { body } = await server.admin.post(`${v1}/people`, { first_name: name, email: `${name}@example.test`, ...more }, { status: 201 });
      person[name] = body.id;
    }
    await server.admin.patch(`${v1}/people/${person.gone}`, { opted_out: true, reason: "by phone" });
    await server.admin.delete(`${v1}/people/${person.gone}`, { status: 204 });
    await server.admin.patch(`${v1}/people/${person.held}`, { emails: [{ address: "held@example.test", held: true }] });
    await server.admin.patch(`${v1}/companies/${firm.id}`, { opted_out: true, reason: "by letter" });
    await allIsTold(); // the audience is told of the opt-outs before it has members: they stay subscribed
    for (const name of ["ann", "bob", "held", "firm", "gone", "stranger"])
      await server.mailchimp.post(`/3.0/lists/${list}/members`,
        { email_address: `${name}@example.test`, status: "subscribed", tags: name === "bob" ? [] : ["VIP"] });
    await server.mailchimp.post(`/3.0/lists/${list}/segments`, { name: "Anns", options: { match: "any", conditions: [
      { condition_type: "EmailAddress", field: "EMAIL", op: "starts", value: "ann" },
      { condition_type: "EmailAddress", field: "EMAIL", op: "starts", value: "bob" }] } });
    await server.mailchimp.post(`/3.0/lists/${list}/segments`, { name: "All of test", options: { match: "all", conditions: [
      { condition_type: "EmailAddress", field: "EMAIL", op: "contains", value: "example" }] } });
  });

  it("is offered what there is", async () => {
    await allIsTold();
    const t = await targets();
    assert.deepEqual((t.tags as Json[]).map((x) => x.name), ["VIP"]);
    assert.deepEqual((t.segments as Json[]).map((x) => x.name).sort(), ["All of test", "Anns"]);
    assert.equal(t.audience.id, list);
    assert.equal(t.tags[0].count, 5);
    assert.equal(t.job_id, null);
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "x", to: { kind: "tag", id: 99 } }, { status: 400 });
    assert.equal(body.errors[0].field, "to");
    for (const to of [{ kind: "audience", id: 1 }, { kind: "tag" }, { kind: "group" }])
      await server.admin.post(`${v1}/campaigns`, { name: "x", to }, { status: 400 });
  });

  it("is looked at as the first person it reaches, whom the CRM lets be mailed", async () => {
    const t = await targets();
    const segment = (name: string) => (t.segments as Json[]).find((x) => x.name === name)!.id;
    const shown = async (to: Json): Promise<unknown> =>
      (await server.admin.get(`${v1}/campaigns/${(await make(to)).id}/envelope`)).body.person?.id ?? null;
    assert.equal(await shown({ kind: "tag", id: t.tags[0].id }), person.ann);
    assert.equal(await shown({ kind: "segment", id: segment("Anns") }), person.ann);
    await job(`${v1}/sync`);
    assert.equal(await shown({ kind: "audience" }), person.ann);
    const whyNot = async (to: Json, name: string): Promise<unknown> =>
      (await server.admin.get(`${v1}/campaigns/${(await make(to)).id}/envelope`, { person_id: person[name] })).body.left_out;
    const { body: late } = await server.admin.post(`${v1}/people`, { first_name: "late", email: "late@example.test" }, { status: 201 });
    person.late = late.id;
    for (const [to, name, why] of [
      [{ kind: "tag", id: t.tags[0].id }, "ann", null], [{ kind: "tag", id: t.tags[0].id }, "bob", "not_chosen"],
      [{ kind: "tag", id: t.tags[0].id }, "held", "held"], [{ kind: "tag", id: t.tags[0].id }, "firm", "opted_out"],
      [{ kind: "segment", id: segment("Anns") }, "bob", null], [{ kind: "segment", id: segment("Anns") }, "late", "not_chosen"],
      [{ kind: "audience" }, "bob", null], [{ kind: "audience" }, "late", "not_chosen"], [{ kind: "audience" }, "held", "held"],
    ] as [Json, string, string | null][])
      assert.equal(await whyNot(to, name), why, `${to.kind} ${name}`);
    await server.admin.delete(`${v1}/people/${person.late}`, { status: 204 });
    await server.admin.patch(`${v1}/people/${person.ann}`, { emails: [{ address: "ann@example.test", held: true }] });
    assert.equal(await shown({ kind: "tag", id: t.tags[0].id }), null, "held, of a company that is out, or nobody here");
    assert.equal(await shown({ kind: "segment", id: segment("Anns") }), person.bob);
    assert.equal(await shown({ kind: "audience" }), person.bob);
    await server.admin.patch(`${v1}/people/${person.ann}`, { emails: [{ address: "ann@example.test", held: false }] });
  });

  it("goes to a tag, and to nobody whom the CRM bars", async () => {
    const t = await targets();
    const c = await make({ kind: "tag", id: t.tags[0].id });
    assert.deepEqual(c.to, { kind: "tag", id: t.tags[0].id, name: "VIP" });
    assert.equal((await server.admin.get(`${v1}/campaigns/${c.id}/recipients-estimate`)).body.total, 5);
    // whom the bridge has unsubscribed before is no member of the tag any more; of the one who is gone it may
    // have been told before they were deleted, or never
    const { body: gone } = await server.mailchimp.get(`/3.0/lists/${list}/members/gone@example.test`);
    const stays = gone.status === "subscribed" ? 1 : 0;
    const { report, to } = await sent(c);
    assert.deepEqual(to, ["ann", "stranger"]);
    assert.equal(report.unknown, 1 + stays);
    assert.equal(report.left_out.held, 1);
    assert.ok([stays, stays + 1].includes(report.left_out.opted_out ?? 0), JSON.stringify(report.left_out));
  });

  it("goes to a segment that matches all its conditions", async () => {
    const t = await targets();
    const all = (t.segments as Json[]).find((s) => s.name === "All of test")!;
    const { to } = await sent(await make({ kind: "segment", id: all.id }));
    assert.deepEqual(to, ["ann", "bob", "stranger"]);
  });

  it("is a draft again, and says what to do, if a segment cannot leave out whom the CRM bars", async () => {
    server.allowLog(/job failed kind=campaign-send/);
    const t = await targets();
    const any = (t.segments as Json[]).find((s) => s.name === "Anns")!;
    const c = await make({ kind: "segment", id: any.id });
    const { body } = await server.admin.post(`${v1}/campaigns/${c.id}/send`, undefined, { status: 202 });
    const failed = await until("the job has ended", async () => {
      const { body: j } = await server.admin.get(`${v1}/jobs/${body.job_id}`);
      return j.state === "failed" ? j : undefined;
    });
    assert.match(failed.error, /send to a tag or a group/);
    assert.equal((await server.admin.get(`${v1}/campaigns/${c.id}`)).body.status, "draft");
  });

  it("goes to the whole audience, with an opt-out of the last moment left out", async () => {
    const c = await make({ kind: "audience" });
    const before = (await server.admin.get(`${v1}/campaigns/${c.id}/recipients-estimate`)).body;
    assert.equal(before.total, before.goes + Object.values(before.left_out as Record<string, number>).reduce((a, b) => a + b, 0));
    await server.admin.patch(`${v1}/people/${person.bob}`, { opted_out: true, reason: "by phone" });
    const { to } = await sent(c);
    assert.deepEqual(to, ["ann", "stranger"]);
  });

  it("can be changed from one to another, and is asked for when it is sent", async () => {
    const c = await make({ kind: "audience" });
    const to = async (body: Json): Promise<Json> => (await server.admin.patch(`${v1}/campaigns/${c.id}`, body)).body.to;
    const { body: group } = await server.admin.post(`${v1}/groups`, { name: "G", criteria: { conditions: [] } }, { status: 201 });
    assert.equal((await to({ group_id: group.id })).kind, "group");
    assert.equal((await to({ to: { kind: "audience" } })).kind, "audience");
    assert.equal((await to({ subject: "x" })).kind, "audience");
    assert.equal((await to({ to: { kind: "group", id: group.id } })).name, "G");
    assert.ok((await server.admin.get(`${v1}/campaigns/${c.id}/recipients-estimate`)).body.total > 0);
    assert.equal(await to({ to: null }), null);
    const { body } = await server.admin.post(`${v1}/campaigns/${c.id}/send`, undefined, { status: 400 });
    assert.equal(body.errors[0].field, "to");
  });

  it("is looked at again for a segment that was made since", async () => {
    await targets();
    const { body } = await server.mailchimp.post(`/3.0/lists/${list}/segments`, { name: "New", options: { match: "all", conditions: [
      { condition_type: "EmailAddress", field: "EMAIL", op: "starts", value: "x" }] } });
    const asked = async (): Promise<Json> => (await server.admin.get(`${v1}/audience/targets`, { segment_id: body.id })).body;
    await server.job((await asked()).job_id);
    assert.ok((await asked()).segments.some(({ id }: Json) => id === body.id));
    assert.equal((await asked()).job_id, null);
    await server.admin.get(`${v1}/audience/targets`, { segment_id: "x" }, { status: 400 });
    await server.mailchimp.delete(`/3.0/lists/${list}/segments/${body.id}`, { status: 204 });
  });
});
