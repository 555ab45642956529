/**
 * PostgreSQL chooses its plans by what it has counted, and a growing table was
 * counted when it was small. Nothing may then cost the square of its rows.
 */
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import {
  addPeople, isPostgres, isSent, makeCampaign, makeGroup, push, runJob, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const COUNT_NOW = `
ANALYZE;
DO $$ DECLARE t record; BEGIN
  FOR t IN SELECT schemaname, tablename FROM pg_tables
           WHERE schemaname IN ('crm', 'audience', 'events') LOOP
    EXECUTE format('ALTER TABLE %I.%I SET (autovacuum_enabled = off)', t.schemaname, t.tablename);
  END LOOP;
END $$;`;

describe("statistics of a smaller day", {
  skip: isPostgres ? false : "SQLite is not asked to count",
}, () => {
  const server = useServer();
  const addresses = (n: number, tag: string) =>
    Array.from({ length: n }, (_, i) => `${tag}${i}@stale.example`);

  it("let a group be pushed, mailed and synchronised", async () => {
    const group = await makeGroup(server, "All");
    await addPeople(server, addresses(5, "few"));
    await push(server, group);
    await isSent(server, await send(await makeCampaign(server, group, "Few")));
    execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", server.database!, "-c", COUNT_NOW],
      { stdio: ["ignore", "ignore", "inherit"] });
    await addPeople(server, addresses(8_000, "many"));
    await push(server, group);
    await push(server, group);
    await isSent(server, await send(await makeCampaign(server, group, "Many")));
    await runJob(server, `${v1}/sync`, { full: true });
  });

  async function send(campaign: Json): Promise<Json> {
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    return campaign;
  }
});
