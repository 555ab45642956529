/**
 * Random histories against a second Muster, with faults between the two and
 * kill -9: nobody is lost, and nobody gets what they said no to.
 * MUSTER_SEEDS says how many, MUSTER_SEED=n runs only that one.
 */
import { after, before, describe, it } from "node:test";
import { FaultyProxy, History, isPostgres, Server, useServer, type Sides, stopAll } from "../harness/index.js";

const SEEDS_A_SERVER = 30; // a sync reads the members of all of them
const SEEDS = Number(process.env.MUSTER_SEEDS ?? 8);
const first = isPostgres ? SEEDS + 1 : 1; // others on each database
const only = process.env.MUSTER_SEED;
const seeds = only
  ? [Number(only)]
  : Array.from({ length: SEEDS }, (_, i) => first + i);

for (let at = 0; at < seeds.length; at += SEEDS_A_SERVER)
  describe(`histories from ${seeds[at]}`, () => {
    /* no jobs: webhooks are those that the history delivers, when it likes */
    const remote = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true", MUSTER_ROLES: "api,track" } });
    const crm = new Server();
    const proxy = new FaultyProxy();
    let sides: Sides;

    before(async () => {
      await proxy.start(remote.url);
      crm.setEnv({
        MUSTER_MARKETING_API_URL: `${proxy.url}/3.0`,
        MUSTER_MARKETING_API_KEY: await remote.createKey("bridge", "administrator"),
        MUSTER_SYNC_WATCH: "1s",
      });
      await crm.start();
      crm.allowLog(/ warn job (failed|will be tried again)/); // calls that went wrong
      crm.allowLog(/ warn a tag was not taken to a new address/); // who left there meanwhile; the next push gives it
      const { body } = await remote.mailchimp.get("/3.0/lists");
      sides = { crm, remote, proxy, list: `/3.0/lists/${body.lists[0].id}` };
    });
    after(() => stopAll(crm, proxy));

    let failed: number | undefined; // its jobs may never end
    for (const seed of seeds.slice(at, at + SEEDS_A_SERVER))
      it(`end well, whatever happens (seed ${seed})`, async (t) => {
        if (failed !== undefined) return t.skip(`its servers are those of seed ${failed}`);
        const history = new History(seed, sides);
        try {
          await history.run();
        } catch (error) {
          failed = seed;
          const told = history.told.join("\n");
          throw new Error(`MUSTER_SEED=${seed}: ${String(error)}\n${told}`, { cause: error });
        }
      });
  });
