/** Collections of what there is nothing of: clients that walk the whole API find all of them. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Client, type Json } from "../harness/index.js";

describe("collections of what we have nothing of", () => {
  const server = useServer();
  let api: Client;
  let paths: Record<string, Json>;
  const ids: Record<string, string> = {};

  before(async () => {
    api = server.mailchimp;
    ids.list_id = (await api.get("/3.0/lists")).body.lists[0].id;
    ids.campaign_id = (await api.post("/3.0/campaigns", { type: "regular", recipients: { list_id: ids.list_id } })).body.id;
    ({ paths } = (await api.get("/3.0/openapi.json")).body);
  });

  const those = (method: string): string[] =>
    Object.keys(paths).filter((path) => paths[path][method]?.tags.includes("empty"));
  const filled = (path: string): string => `/3.0${path.replace(/\{(\w+)\}/g, (_, name) => ids[name]!)}`;

  it("are empty lists", async () => {
    assert.ok(those("get").length >= 12);
    for (const path of those("get")) {
      const { body } = await api.get(filled(path), { count: 5, offset: 3 });
      const arrays = Object.entries(body).filter(([name, value]) => Array.isArray(value) && name !== "_links");
      assert.equal(arrays.length, 1, path);
      assert.deepEqual(arrays[0]![1], []);
      assert.equal(body.total_items, 0);
      assert.ok(body._links[0].href.endsWith(filled(path)), path);
      assert.deepEqual((await api.get(filled(path), { fields: "total_items" })).body, { total_items: 0 });
      await api.get(filled(path), { count: -1 }, { status: 400 });
      await server.anonymous.get(filled(path), {}, { status: 401 });
    }
  });

  it("belong to something that is there", async () => {
    for (const path of those("get").filter((p) => p.includes("{")))
      for (const id of ["0000000000", "x", "%27", "-1"])
        await api.get(`/3.0${path.replace(/\{\w+\}/, id)}`, {}, { status: 404 });
  });

  it("take nothing, and have nothing below them", async () => {
    assert.ok(those("post").length >= 4);
    for (const path of those("post"))
      for (const body of [{ id: "a" }, {}, "", "[1", undefined]) {
        const reply = await api.post(filled(path), body, { status: 403 });
        assert.equal(reply.body.title, "Forbidden");
        assert.equal(reply.type, "application/problem+json");
      }
    for (const path of those("get")) {
      for (const method of ["GET", "PATCH", "PUT", "DELETE"]) {
        const known = path === "/automations" && method !== "GET"; // may be asked for, though none is there
        const reply = await api.request(method, `${filled(path)}/a`, method === "GET" ? undefined : {}, { status: known ? 405 : 404 });
        assert.equal(reply.body.title, known ? "Method Not Allowed" : "Resource Not Found", `${method} ${path}`);
        assert.equal(reply.type, "application/problem+json");
      }
      await api.delete(filled(path), { status: 405 });
    }
    for (const path of ["automations/a/emails", "automations/a/emails/b", "ecommerce/stores/a/products/b/images",
      "customer-journeys/journeys/1/steps/2/actions/trigger", "reporting/surveys/a/questions", "sms-campaigns"])
      await api.request(path.endsWith("trigger") ? "POST" : "GET", `/3.0/${path}`, undefined, { status: 404 });
  });

  it("are found with more slashes than needed", async () => {
    for (const path of ["/3.0//ecommerce//stores", "/3.0/ecommerce/stores//", "//3.0/ecommerce/stores", `/3.0//lists/${ids.list_id}//clients`])
      assert.equal((await api.request("GET", path, undefined, { unchecked: true })).body.total_items, 0, path);
    await api.request("GET", "//api//v1/people", undefined, { status: 404, unchecked: true });
  });
});
