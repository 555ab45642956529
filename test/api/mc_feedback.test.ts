/** Feedback on campaigns of the Marketing API. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Client, type Json } from "../harness/index.js";

describe("feedback on campaigns", () => {
  const server = useServer();
  let api: Client;
  before(() => { api = server.mailchimp; });

  const make = async (): Promise<string> =>
    `/3.0/campaigns/${(await api.post("/3.0/campaigns", { type: "regular" })).body.id as string}`;

  it("is given, answered, ticked off and removed", async () => {
    const c = await make();
    const { body: a } = await api.post(`${c}/feedback`, { message: "Größer <b>bitte</b>\nO'Neil", block_id: 4 });
    assert.equal(a.message, "Größer <b>bitte</b>\nO'Neil");
    assert.deepEqual([a.block_id, a.is_complete, a.parent_id, a.source], [4, false, 0, "api"]);
    assert.match(a.created_at, /\+00:00$/);
    const { body: b } = await api.post(`${c}/feedback`, { message: "Done", parent_id: a.feedback_id });
    assert.equal(b.parent_id, a.feedback_id);
    const at = `${c}/feedback/${a.feedback_id as number}`;
    assert.deepEqual((await api.get(at)).body, a);
    assert.equal((await api.patch(at, { is_complete: true })).body.is_complete, true);
    assert.equal((await api.patch(at, {})).body.message, a.message);
    const { body: all } = await api.get(`${c}/feedback`);
    assert.deepEqual(all.feedback.map((f: Json) => f.message), [a.message, "Done"]);
    assert.deepEqual((await api.get(`${c}/feedback`, { count: 1, offset: 1, fields: "feedback.message,total_items" })).body,
      { feedback: [{ message: "Done" }], total_items: 2 });
    await api.delete(at, { status: 204 });
    assert.equal((await api.get(`${c}/feedback/${b.feedback_id as number}`)).body.parent_id, 0);
    const other = await make();
    for (const path of [at, `${c}/feedback/x`, `${c}/feedback/-1`, `${other}/feedback/${b.feedback_id as number}`]) {
      await api.get(path, {}, { status: 404 });
      await api.patch(path, { message: "x" }, { status: 404 });
      await api.delete(path, { status: 404 });
    }
    await api.get("/3.0/campaigns/ffffffffff/feedback", {}, { status: 404 });
    await api.post("/3.0/campaigns/ffffffffff/feedback", { message: "x" }, { status: 404 });
  });

  it("is refused if it is none", async () => {
    const c = await make();
    const other = (await api.post(`${await make()}/feedback`, { message: "x" })).body;
    const cases: [Json, string][] = [
      [{}, "message"], [{ message: " " }, "message"], [{ message: null }, "message"], [{ message: 7 }, "message"],
      [{ message: "x".repeat(1 << 20) }, "message"], [{ message: "a\u0001" }, "message"],
      [{ message: "x", block_id: -1 }, "block_id"], [{ message: "x", block_id: 1.5 }, "block_id"],
      [{ message: "x", is_complete: "yes" }, "is_complete"], [{ message: "x", parent_id: other.feedback_id }, "parent_id"],
      [{ message: "x", parent_id: {} }, "parent_id"],
    ];
    for (const [body, field] of cases)
      assert.equal((await api.post(`${c}/feedback`, body, { status: 400 })).body.errors[0].field, field);
    await api.post(`${c}/feedback`, "[]", { status: 400 });
    assert.equal((await api.get(`${c}/feedback`)).body.total_items, 0);
  });

  it("loses no change when two people write", async () => {
    const c = await make();
    const { body } = await api.post(`${c}/feedback`, { message: "x" });
    const at = `${c}/feedback/${body.feedback_id as number}`;
    for (let i = 0; i < 8; i++) {
      await Promise.all([api.patch(at, { message: `m${i}` }), api.patch(at, { block_id: i }),
        api.post(`${c}/feedback`, { message: "y" })]);
      const now = (await api.get(at)).body;
      assert.deepEqual([now.message, now.block_id], [`m${i}`, i]);
    }
    assert.equal((await api.get(`${c}/feedback`)).body.total_items, 9);
    // removed with it at the same moment: nothing is left, nothing fails
    await Promise.all([api.delete(c), api.post(`${c}/feedback`, { message: "z" }, { status: [200, 404] })]);
    await api.get(`${c}/feedback`, {}, { status: 404 });
  });
});
