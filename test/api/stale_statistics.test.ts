/**
 * PostgreSQL chooses its plans by what it has counted, and a growing table was
 * counted when it was small. Nothing may then cost the square of its rows.
 */
import { describe, it } from "node:test";
import {
  addPeople, forEachTable, isPostgres, isSent, makeCampaign, makeGroup, psql, push, runJob,
  useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const NO_COUNTING = forEachTable("ALTER TABLE %I.%I SET (autovacuum_enabled = off)");

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
    psql(`ANALYZE; ${NO_COUNTING}`, server.database!);
    await addPeople(server, addresses(5_000, "many"));
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
