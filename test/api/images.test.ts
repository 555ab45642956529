/** Pictures of campaigns: given, drawn anew, shown to everybody, removed. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { deflateSync } from "node:zlib";
import { freePort, useServer, type Reply, type Json } from "../harness/index.js";

const v1 = "/api/v1";

function crc(bytes: Buffer): number {
  let c = ~0;
  for (const byte of bytes) {
    c ^= byte;
    for (let i = 0; i < 8; i++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const head = Buffer.alloc(4), tail = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  tail.writeUInt32BE(crc(body));
  return Buffer.concat([head, body, tail]);
}

/** A PNG of one grey; claims may differ from what is there. */
function png(width: number, height: number, grey = 128, extra: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(8, 8); // bits; grey
  const rows = width * height > 1e7 ? Buffer.alloc(1) : Buffer.alloc((width + 1) * height, grey);
  if (rows.length > 1) for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0;
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), extra,
    chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/** Of 8 x 6 pixels; the JPEG says that it lies on its side. */
const seeds = {
  jpeg: "/9j/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/4AAQSkZJRgABAQAAAQABAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw" +
    "8LCwkMEQ8SEhEPERETFhwXExQaFRERGCEYGh0dHx8fExciJCIeJBweHx7/2wBDAQUFBQcGBw4ICA4eFBEUHh4eHh4eHh4eHh4eHh4eHh4eHh4e" +
    "Hh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh7/wgARCAAGAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAVAQEBAAAAAA" +
    "AAAAAAAAAAAAAEB//aAAwDAQACEAMQAAABghQ2/wD/xAAVEAEBAAAAAAAAAAAAAAAAAAAABP/aAAgBAQABBQK5/8QAGhEAAAcAAAAAAAAAAAAA" +
    "AAAAAAEDBjWBsv/aAAgBAwEBPwFzSatZIf/EABoRAAAHAAAAAAAAAAAAAAAAAAABAwY1gbL/2gAIAQIBAT8BacSlejH/xAAVEAEBAAAAAAAAAA" +
    "AAAAAAAAAAAv/aAAgBAQAGPwKH/8QAFRABAQAAAAAAAAAAAAAAAAAAwQD/2gAIAQEAAT8hQv/aAAwDAQACAAMAAAAQ+//EABQRAQAAAAAAAAAA" +
    "AAAAAAAAAAD/2gAIAQMBAT8QKf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8QO//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAT" +
    "8QV//Z",
  gif: "R0lGODlhCAAGAIAAAP8AAAAA/yH/C05FVFNDQVBFMi4wAwEAAAAh+QQECgAAACwAAAAACAAGAAACBoSPqct9BQAh+QQECgAAACwAAAAACAAGAA" +
    "ACBoyPqct9BQA7",
  photo: "UklGRn4AAABXRUJQVlA4WAoAAAAQAAAABwAABQAAQUxQSA0AAAABD/Ct/4iIMP8R/Q8cAFZQOCBKAAAA8AIAnQEqCAAGAAFAJiWoAnS6AUAD8A" +
    "K7/3AAE3YcnCAA/vaT/asP//zQ/VM1X/6fV9tB2n1f/pcH/0rjE92uDX/FcYnu1pUAAAA=",
  drawing: "UklGRiQAAABXRUJQVlA4TBcAAAAvB0ABAA8Q87//8x8OAIJI8N9rIqL/IQA=",
};

describe("images", () => {
  const server = useServer();
  const give = (bytes: Uint8Array, name = "", status = 201): Promise<Reply> =>
    server.admin.post(`${v1}/images?name=${encodeURIComponent(name)}`, bytes, { status });
  const path = (url: string): string => new URL(url).pathname;

  it("are drawn anew and shown to everybody, for good", async () => {
    const { body } = await give(png(2400, 30), "Grüße Sommer.png");
    assert.deepEqual([body.name, body.type, body.width, body.height], ["Grüße Sommer.png", "image/png", 1800, 22]);
    assert.match(body.url, /\/files\/[0-9a-f]{40}\/grusse-sommer\.png$/);
    const seen = await server.anonymous.get(path(body.url));
    assert.equal(seen.headers.get("content-type"), "image/png");
    assert.equal(seen.headers.get("content-length"), String(body.size));
    assert.match(seen.headers.get("cache-control")!, /immutable/);
    assert.equal(seen.headers.get("x-content-type-options"), "nosniff");
    const etag = seen.headers.get("etag")!;
    await server.anonymous.get(path(body.url), {}, { headers: { "if-none-match": etag }, status: 304 });
    await server.anonymous.get(`/files/${"0".repeat(40)}/a.png`, {}, { status: 404 });
    assert.deepEqual((await server.admin.get(`${v1}/images/${body.id}`)).body, body);
  });

  it("come in four kinds and go out in three", async () => {
    const types = { jpeg: "image/jpeg", gif: "image/gif", photo: "image/png", drawing: "image/png" };
    for (const [kind, type] of Object.entries(types)) {
      const { body } = await give(Buffer.from(seeds[kind as keyof typeof seeds], "base64"), "a.exe");
      assert.deepEqual([body.type, body.width], [type, kind === "jpeg" ? 6 : 8], kind);
      assert.equal((await server.anonymous.get(path(body.url))).headers.get("content-type"), type);
    }
  });

  it("are one if the bytes are the same, also of two who give them at once", async () => {
    const file = png(10, 10, 7);
    const all = await Promise.all([1, 2, 3, 4].map((n) =>
      server.admin.request("POST", `${v1}/images?name=${n}.png`, file, { status: undefined })));
    assert.deepEqual(all.map((r) => r.status).sort(), [200, 200, 200, 201]);
    assert.equal(new Set(all.map((r) => r.body.id)).size, 1);
    assert.equal((await give(file, "again.png", 200)).body.id, all[0]!.body.id);
  });

  it("that are none, or too much, are refused in words", async () => {
    const text = (data: string) => Buffer.from(data, "latin1");
    const cases: [string, Uint8Array, RegExp][] = [
      ["nothing", text(""), /empty/],
      ["SVG", text("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), /JPEG, PNG, GIF or WebP/],
      ["a page", text("<html><body>"), /JPEG, PNG, GIF or WebP/],
      ["a PDF", text("%PDF-1.7"), /JPEG, PNG, GIF or WebP/],
      ["cut short", png(9, 9).subarray(0, 50), /cut short/],
      ["a bomb", png(60000, 60000), /too large: 60000 x 60000/],
      ["a long bomb", png(20001, 1), /too large/],
      ["many bytes", Buffer.concat([png(9, 9), Buffer.alloc(10 << 20)]), /10 MB/],
      ["and an archive", Buffer.concat([png(9, 9), text("PK\x03\x04")]), /something else/],
      ["and a script", png(9, 9, 1, chunk("tEXt", text("a\0<script>alert(1)</script>"))), /something else/],
      ["a GIF that is a script", text("GIF89a/*\0\0\0*/=1;alert(1);"), /broken|JPEG/],
    ];
    for (const [name, bytes, why] of cases) {
      const { body } = await give(bytes, "a.png", 400);
      assert.match(body.detail, why, name);
    }
  });

  it("are listed, the newest first", async () => {
    await give(png(4, 4), "last.png");
    const { body } = await server.admin.get(`${v1}/images`, { limit: 2 });
    assert.equal(body.items.length, 2);
    assert.ok(body.items[0].id > body.items[1].id);
    const next = await server.admin.get(`${v1}/images`, { limit: 2, cursor: body.next });
    assert.ok(next.body.items[0].id < body.items[1].id);
    const found = await server.admin.get(`${v1}/images`, { q: "GRÜSSE" });
    assert.deepEqual(found.body.items.map((i: { name: string }) => i.name), ["Grüße Sommer.png"]);
    assert.equal(found.body.total, 1);
  });

  it("stay while a campaign shows them", async () => {
    const { body: image } = await give(png(12, 12, 9), "used.png");
    const { body: campaign } = await server.admin.post(`${v1}/campaigns`,
      { name: "May \"offer\"", html: `<img src="${image.url}" alt="x">` });
    const refused = await server.admin.delete(`${v1}/images/${image.id}`, { status: 409 });
    assert.match(refused.body.detail, /May "offer"/);
    await server.admin.delete(`${v1}/campaigns/${campaign.id}`);
    const audience = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const { body: theirs } = await server.mailchimp.post("/3.0/campaigns", { type: "regular",
      recipients: { list_id: audience }, settings: { title: "Theirs", subject_line: "s" } });
    await server.mailchimp.put(`/3.0/campaigns/${theirs.id}/content`, { html: `<img src="${image.url}">` });
    assert.match((await server.admin.delete(`${v1}/images/${image.id}`, { status: 409 })).body.detail, /"Theirs"/);
    await server.mailchimp.delete(`/3.0/campaigns/${theirs.id}`);
    await server.admin.delete(`${v1}/images/${image.id}`);
    await server.anonymous.get(path(image.url), {}, { status: 404 });
    await server.admin.get(`${v1}/images/${image.id}`, {}, { status: 404 });
    await server.admin.delete(`${v1}/images/${image.id}`, { status: 404 });
  });

  it("are given, listed and removed on the command line", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "muster-image-")), "of the shell.png");
    writeFileSync(file, png(6, 5, 77));
    const added = JSON.parse((await server.command(["image", "add", file, "--json"])).stdout);
    assert.deepEqual([added.name, added.width, added.height], ["of the shell.png", 6, 5]);
    assert.match((await server.command(["image", "list", "--q", "shell"])).stdout, /of the shell\.png/);
    assert.match((await server.command(["image", "delete", String(added.id)])).stdout, /is removed/);
    await server.admin.get(`${v1}/images/${added.id}`, {}, { status: 404 });
  });

  it("are given and removed by who may market", async () => {
    const reader = server.admin.as(await server.createKey("r", "user"));
    const { body } = await give(png(3, 3, 3), "r.png");
    await reader.get(`${v1}/images/${body.id}`);
    await reader.post(`${v1}/images`, png(3, 3, 4), { status: 403 });
    await reader.delete(`${v1}/images/${body.id}`, { status: 403 });
    await server.anonymous.get(`${v1}/images`, {}, { status: 401 });
  });

  it("are no links of the author's that go to http", async () => {
    const { body: image } = await give(png(4, 4, 7), "own.png");
    const problems = async (src: string): Promise<string[]> => (await server.admin.post(`${v1}/designs/render`,
      { design: { version: 1, blocks: [{ id: "a", type: "image", src, alt: "x" }] } })).body.problems.map((p: Json) => p.code);
    assert.deepEqual(await problems(image.url), []);
    assert.deepEqual(await problems("http://other.example/a.png"), ["http_link"]);
  });
});

const port = await freePort();

describe("images on a listener of their own", () => {
  const server = useServer({ env: { MUSTER_TRACK_LISTEN: `127.0.0.1:${port}` } });

  it("are shown there too", async () => {
    const { body } = await server.admin.post(`${v1}/images?name=a.png`, png(5, 5), { status: 201 });
    const seen = await fetch(`http://127.0.0.1:${port}${new URL(body.url).pathname}`);
    assert.equal(seen.status, 200);
    assert.equal((await seen.arrayBuffer()).byteLength, body.size);
  });
});
