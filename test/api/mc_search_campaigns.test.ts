/** Campaigns of the Marketing API by what they say. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Client, type Json } from "../harness/index.js";

describe("search-campaigns", () => {
  const server = useServer();
  let api: Client;
  const ids: Record<string, string> = {};

  before(async () => {
    api = server.mailchimp;
    for (const [title, html] of [
      ["Summer O'Neil", "<p>Gr&uuml;&szlig;e aus <b>K</b>öln</p>"], ["رسالة الصيف", "<style>.hidden{}</style><p>Zwei Worte</p>"],
      ["Winter", "<p>&lt;script&gt;alert(1)&lt;/script&gt; zwei</p>"],
    ] as const) {
      const { body } = await api.post("/3.0/campaigns", { type: "regular", settings: { title, subject_line: "News" } });
      await api.put(`/3.0/campaigns/${body.id as string}/content`, { html });
      ids[title.split(" ")[0]!] = body.id;
    }
  });

  const search = async (query: Json): Promise<Json> => (await api.get("/3.0/search-campaigns", query)).body;
  const found = async (query: string): Promise<string[]> =>
    (await search({ query })).results.map((r: Json) => r.campaign.id);

  it("finds words in titles, subjects and texts", async () => {
    assert.deepEqual(await found("o'neil"), [ids.Summer]);
    assert.deepEqual(await found("grüsse KÖLN summer"), [ids.Summer]);
    assert.deepEqual(await found("الصيف"), [ids["رسالة"]]);
    assert.deepEqual(await found("zwei"), [ids.Winter, ids["رسالة"]]);
    for (const nothing of ["hidden", "subject_line", "zwei köln", "%", "_", "no such word"]) assert.deepEqual(await found(nothing), [], nothing);
    const { results } = await search({ query: "köln" });
    assert.equal(results[0].snippet, "Grüße aus Köln");
    assert.equal(results[0].campaign.settings.title, "Summer O'Neil");
  });

  it("is paged, and refuses what asks for nothing", async () => {
    const page = await search({ query: "news", count: 1, offset: 1 });
    assert.equal(page.total_items, 3);
    assert.deepEqual(page.results.map((r: Json) => r.campaign.id), [ids["رسالة"]]);
    assert.deepEqual((await search({ query: "news", fields: "results.campaign.id,total_items", count: 1 })),
      { results: [{ campaign: { id: ids.Winter } }], total_items: 3 });
    assert.deepEqual((await search({ query: "news", offset: 9 })).results, []);
    for (const query of ["", " ", "x".repeat(600), "a b c d e f g h i j k"])
      assert.equal((await api.get("/3.0/search-campaigns", { query }, { status: 400 })).body.errors[0].field, "query");
    await api.get("/3.0/search-campaigns", {}, { status: 400 });
  });
});
