/** What a reply of the Marketing API advertises is there. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

interface Link { rel: string; method: string; href: string }

/** All links in a reply, wherever they stand. */
function linksOf(node: unknown): Link[] {
  if (Array.isArray(node)) return node.flatMap(linksOf);
  if (node === null || typeof node !== "object") return [];
  return Object.entries(node).flatMap(([key, value]) =>
    (key === "_links" ? (value as Link[]) : linksOf(value)));
}

describe("links of the Marketing API", () => {
  const server = useServer();

  it("lead to something", async () => {
    const api = server.mailchimp;
    const list = `/3.0/lists/${(await api.get("/3.0/lists")).body.lists[0].id as string}`;
    const member: Json = (await api.post(`${list}/members`,
      { email_address: "ada@links.example", status: "subscribed" })).body;
    await api.post(`${list}/segments`, { name: "Tag", static_segment: ["ada@links.example"] });
    const campaign: Json = (await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list.split("/").pop() },
      settings: { subject_line: "S", title: "T", from_name: "F", reply_to: "f@links.example" },
    })).body;
    const seen = new Set<string>();
    const todo = ["/3.0/", "/3.0/lists", list, `${list}/members/${member.id as string}`,
      "/3.0/campaigns", `/3.0/campaigns/${campaign.id as string}`, "/3.0/reports"];
    for (let path = todo.shift(); path !== undefined; path = todo.shift()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const { body } = await api.get(path, {}, { status: 200 });
      for (const link of linksOf(body))
        if (link.method === "GET") todo.push(new URL(link.href).pathname);
    }
    assert.ok(seen.size > 15, [...seen].join(" "));
  });
});
