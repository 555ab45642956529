/** muster campaign design, muster template. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const design = (...blocks: Json[]): Json => ({ version: 1, blocks });

describe("designs on the command line", () => {
  const server = useServer();
  const folder = mkdtempSync(join(tmpdir(), "muster-designs-"));
  const file = join(folder, "may.json");
  let id: number;

  before(async () => {
    id = (await server.admin.post(`${v1}/campaigns`, { name: "C" }, { status: 201 })).body.id;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("are printed and put in their place", async () => {
    const none = await server.command(["campaign", "design", String(id)]);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /has no design/);
    writeFileSync(file, JSON.stringify(design({ id: "x", type: "button", label: "Go" })));
    const set = await server.command(["campaign", "design", String(id), "--set", file]);
    assert.equal(set.code, 0, set.stderr);
    assert.match(set.stderr, /^error: x: The button/m);
    const got = await server.command(["campaign", "design", String(id)]);
    assert.equal(JSON.parse(got.stdout).blocks[0].label, "Go");
    await server.admin.patch(`${v1}/campaigns/${id}`, { plain_text: "mine" });
    await server.command(["campaign", "design", String(id), "--set", file]);
    assert.equal((await server.admin.get(`${v1}/campaigns/${id}`)).body.plain_text, "mine");
    writeFileSync(file, "{\"version\":1");
    const broken = await server.command(["campaign", "design", String(id), "--set", file]);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /may\.json/);
  });

  it("are kept as templates", async () => {
    writeFileSync(file, JSON.stringify(design({ id: "t", type: "text", html: "x" })));
    const made = await server.command(["template", "create", file, "--name", "T", "--json"]);
    const template = JSON.parse(made.stdout);
    const list = await server.command(["template", "list"]);
    assert.match(list.stdout, /starter-letter/);
    assert.match(list.stdout, new RegExp(`^\\s*${template.id}\\s+T`, "m"));
    const shown = await server.command(["template", "show", "starter-letter", "--lang", "de"]);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /Guten Tag/);
    const gone = await server.command(["template", "delete", template.id]);
    assert.equal(gone.code, 0);
    assert.equal((await server.command(["template", "delete", "starter-letter"])).code, 1);
    assert.equal((await server.command(["template", "create", file])).code, 2);
  });
});
