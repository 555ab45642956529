/** Addresses that users keep from mail, whatever audience they are in. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("addresses that a user keeps from mail", () => {
  const server = useServer();
  const path = `${v1}/audience/blocked`;
  const all = async (query: Json = {}): Promise<Json> => (await server.admin.get(path, query)).body;

  it("are entered, listed by pages, asked for and lifted", async () => {
    assert.deepEqual(await all(), { items: [], total: 0, next: null });
    for (const name of ["zoe", "Ann", "o'hara"]) {
      const { body } = await server.admin.post(path, { address: `${name}@example.org` }, { status: 201 });
      assert.deepEqual([body.address, body.reason], [`${name.toLowerCase()}@example.org`, "manual"]);
    }
    await server.admin.post(path, { address: "ANN@EXAMPLE.ORG" }, { status: 409 });
    const first = await all({ limit: 2 });
    const second = await all({ limit: 2, cursor: first.next });
    assert.deepEqual([...first.items, ...second.items].map((one: Json) => one.address), ["ann@example.org", "o'hara@example.org", "zoe@example.org"]);
    assert.deepEqual([first.total, second.next], [3, null]);
    assert.equal((await all({ address: "Zoe@example.org" })).items[0].reason, "manual");
    assert.deepEqual((await all({ address: "eve@example.org" })).items, []);
    await server.admin.delete(`${path}?address=zoe@example.org`, { status: 204 });
    await server.admin.delete(`${path}?address=zoe@example.org`, { status: 404 });
    assert.equal((await all()).total, 2);
    for (const address of ["", "nobody", "a@b", `${"x".repeat(300)}@example.org`]) {
      await server.admin.post(path, { address }, { status: 400 });
      await server.admin.delete(`${path}?address=${address}`, { status: 400 });
    }
    await server.anonymous.get(path, {}, { status: 401 });
  });

  it("are as many as were entered, whoever does it at the same time, and read only by who does no marketing", async () => {
    const done = await Promise.all(Array.from({ length: 6 }, () => server.admin.post(path, { address: "twice@example.org" }, { status: [201, 409] })));
    assert.equal(done.filter(({ status }) => status === 201).length, 1);
    const key = await server.createKey("reader", "user");
    const reader = server.admin.as(key);
    assert.equal((await reader.get(path)).body.total, 3);
    await reader.post(path, { address: "x@example.org" }, { status: 403 });
  });
});
