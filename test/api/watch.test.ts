/** Another program subscribes whom it likes in the audience: the CRM's word holds there soon, though no webhook tells of it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { addPeople, makeGroup, push, until, useServer } from "../harness/index.js";

const v1 = "/api/v1";
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

describe("an audience that others use", () => {
  const server = useServer({ env: { MUSTER_SYNC_WATCH: "1s" } });

  it("does not mail for them who said no here, or was erased", async () => {
    const names = ["ann", "ida", "jan"];
    const people = await addPeople(server, names.map((name) => `${name}@a.example`));
    const path = (name: string): string => `${v1}/people/${people[names.indexOf(name)]!.id}`;
    const { audience_id: list } = await push(server, await makeGroup(server, "All"));
    const member = (name: string): string => `/3.0/lists/${list}/members/${md5(`${name}@a.example`)}`;
    const status = async (name: string): Promise<string> =>
      (await server.mailchimp.get(member(name), {}, { status: [200, 404] })).body.status;
    const unsubscribed = (name: string): Promise<unknown> =>
      until(`${name} is unsubscribed`, async () => await status(name) === "unsubscribed");

    await server.admin.patch(path("ida"), { opted_out: true, reason: "phoned" });
    await unsubscribed("ida");
    await server.admin.delete(path("ida"), { status: 204 });
    await server.admin.patch(path("jan"), { opted_out: true, reason: "phoned", email: "else@a.example" });
    await unsubscribed("else");
    const { body: leo } = await server.admin.post(`${v1}/people`, { first_name: "Leo", email: "leo@a.example" });
    await server.admin.post(`${v1}/people/${leo.id}/erase`); // never a member

    const subscribe = (name: string): Promise<unknown> =>
      server.mailchimp.put(member(name), { email_address: `${name}@a.example`, status: "subscribed", status_if_new: "subscribed" });
    for (const name of ["new", "ida", "jan", "leo"]) await subscribe(name);
    for (const name of ["ida", "jan", "leo"]) await unsubscribed(name);
    assert.deepEqual([await status("new"), await status("ann")], ["subscribed", "subscribed"]);
  });
});
