/** PostgreSQL has no place for one more connection: those that are there go round. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { addPeople, isPostgres, psql, useServer } from "../harness/index.js";

const ASKERS = 60;

describe("a database server that takes no more connections", {
  skip: isPostgres ? false : "SQLite has no server",
}, () => {
  const server = useServer();
  const name = `muster_few_${randomBytes(6).toString("hex")}`;

  before(async () => {
    const url = new URL(server.database!);
    psql(`CREATE ROLE ${name} LOGIN; GRANT ${url.username} TO ${name}`);
    url.username = name; // no superuser, who has a few places of his own
    server.setEnv({ MUSTER_DATABASE: url.href });
    await server.restart();
    await addPeople(server, ["ann@few.example"]);
  });
  after(() => psql(`DROP ROLE IF EXISTS ${name}`));

  it("answers everybody with the connections that it has", async () => {
    psql(`ALTER ROLE ${name} CONNECTION LIMIT 1`);
    const all = await Promise.all(Array.from({ length: ASKERS }, async (_, i) => {
      const { body } = i % 2
        ? await server.mailchimp.get("/3.0/lists")
        : await server.admin.get("/api/v1/people");
      return body.total_items ?? body.total;
    }));
    assert.deepEqual(all, Array(ASKERS).fill(1));
    await server.anonymous.get("/readyz");
  });

  it("says so to whoever has none", async () => {
    const { code, stdout } = await server.command(["doctor"]);
    assert.equal(code, 1);
    assert.match(stdout, /takes no more connections: raise its max_connections/);
    psql(`ALTER ROLE ${name} CONNECTION LIMIT -1`);
  });
});
