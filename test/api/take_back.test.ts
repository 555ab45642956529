/** "That was a mistake": whoever unsubscribed by the link of a mail takes it back, and the CRM lifts what came of it. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, hrefs, isSent, makeCampaign, makeGroup, parseMail, runJob, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const form = { headers: { "content-type": "application/x-www-form-urlencoded" } };
const MISTAKE = /action="\.\.(\/s\/[\w-]+)"/;

describe("an unsubscribe that was a mistake", () => {
  const server = useServer();
  let list: string;

  before(async () => {
    list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
  });

  const statusOf = async (address: string): Promise<string> =>
    (await server.mailchimp.get(`/3.0/lists/${list}/members/${address}`)).body.status;
  const isNow = (address: string, status: string) =>
    until(`${address} is ${status}`, async () => (await statusOf(address)) === status);
  const setStatus = (address: string, status: string) =>
    server.mailchimp.patch(`/3.0/lists/${list}/members/${address}`, { status });
  const person = async (address: string): Promise<Json> =>
    (await server.admin.get(`${v1}/people`, { email: address })).body.items[0];

  /** Where a mail to each of these unsubscribes them; `through` sends it. */
  async function linksOf(addresses: string[], through: () => Promise<unknown>): Promise<string[]> {
    await through();
    return Promise.all(addresses.map((address) => until(`a mail to ${address}`, async () => {
      const { body } = await server.admin.get(`${v1}/outbox`, { rcpt: address });
      if (body.items.length === 0) return undefined;
      const mail = await parseMail((await server.admin.get(`${v1}/outbox/${body.items[0].id}`)).body.source);
      return new URL(hrefs(mail.html!).find((url) => url.includes("/t/u/"))!).pathname;
    })));
  }

  /** By a client of the audience; the CRM knows none of them. */
  const mailThere = (addresses: string[]) => linksOf(addresses, async () => {
    await server.mailchimp.post(`/3.0/lists/${list}`,
      { members: addresses.map((email_address) => ({ email_address, status: "subscribed" })) });
    const { body } = await server.mailchimp.post("/3.0/campaigns", {
      type: "regular",
      recipients: { list_id: list },
      settings: { subject_line: "s", title: "t", from_name: "Ann", reply_to: "ann@example.org" },
    });
    await server.mailchimp.put(`/3.0/campaigns/${body.id}/content`, { html: "<p>Hi</p>" });
    await server.mailchimp.post(`/3.0/campaigns/${body.id}/actions/send`);
    return body.id;
  });

  const mistakeIn = (page: string): string => {
    assert.match(page, /That was a mistake/);
    return `/t${page.match(MISTAKE)![1]!}`;
  };
  const leave = async (link: string, reason = ""): Promise<string> =>
    (await server.anonymous.post(link, `unsubscribe=1&reason=${reason}`, form)).text;
  const back = async (link: string): Promise<string> =>
    (await server.anonymous.post(link, "subscribe=1", form)).text;

  it("is taken back by the button, and again, and as often as wanted", async () => {
    const [link] = await mailThere(["amy@b.example"]);
    const mistake = mistakeIn(await leave(link!)); // also before it is applied
    assert.match(await back(mistake), /Your unsubscribe is taken back/);
    await leave(link!);
    const activity = async (): Promise<string[]> =>
      (await server.mailchimp.get(`/3.0/lists/${list}/members/amy@b.example/activity`)).body.activity
        .map((a: Json) => a.action);
    await until("all three are applied", async () =>
      (await activity()).includes("resubscribe") && (await statusOf("amy@b.example")) === "unsubscribed");
    const { text } = await server.anonymous.get(link!);
    assert.match(text, /You are not subscribed/);
    assert.equal(mistakeIn(text), mistake);
    assert.equal(await statusOf("amy@b.example"), "unsubscribed"); // looking changes nothing
    for (let i = 0; i < 2; i++) assert.match(await back(mistake), /Your unsubscribe is taken back/);
    await isNow("amy@b.example", "subscribed");
    await leave(link!);
    await isNow("amy@b.example", "unsubscribed");
    await back(mistake);
    await isNow("amy@b.example", "subscribed");
  });

  it("is no mistake of one who did not unsubscribe", async () => {
    const [link] = await mailThere(["bea@b.example"]);
    assert.doesNotMatch((await server.anonymous.get(link!)).text, /mistake/);
    const mistake = mistakeIn(await leave(link!));
    await back(mistake);
    await back(mistake);
    await isNow("bea@b.example", "subscribed");
    assert.match((await server.anonymous.get(link!)).text, /Do you no longer want this newsletter/);
  });

  it("is taken back by people only", async () => {
    const [link] = await mailThere(["cat@b.example"]);
    assert.match((await server.anonymous.get(link!)).text, /name="reason" value="often">They come too often/);
    const mistake = mistakeIn(await leave(link!, "often"));
    await isNow("cat@b.example", "unsubscribed");
    assert.equal((await server.mailchimp.get(`/3.0/lists/${list}/members/cat@b.example`)).body.unsubscribe_reason, "They come too often");
    await server.anonymous.get(mistake, {}, { status: 405 });
    for (const body of ["List-Unsubscribe=One-Click", "", "unsubscribe=1"])
      await server.anonymous.post(mistake, body, { ...form, status: 400 });
    // nor by the tokens of other links, nor does this one unsubscribe
    await server.anonymous.post(link!.replace("/u/", "/s/"), "subscribe=1", { ...form, status: 404 });
    await server.anonymous.post(mistake.replace("/s/", "/u/"), "", { ...form, status: 404 });
    await server.anonymous.post(link!, "List-Unsubscribe=One-Click", form);
    assert.equal(await statusOf("cat@b.example"), "unsubscribed");
  });

  it("is none where others said no, too", async () => {
    const addresses = ["dot@b.example", "eve@b.example", "fay@b.example"];
    const [dot, eve, fay] = await mailThere(addresses);
    // the administrator first: the link comes too late
    await setStatus("dot@b.example", "unsubscribed");
    assert.doesNotMatch(await leave(dot!), /mistake/);
    // the administrator behind it
    const mistake = mistakeIn(await leave(eve!));
    await isNow("eve@b.example", "unsubscribed");
    await setStatus("eve@b.example", "unsubscribed");
    assert.match(await back(mistake), /write to its sender/);
    assert.doesNotMatch((await server.anonymous.get(eve!)).text, /mistake/);
    // the member has another address by now
    const other = mistakeIn(await leave(fay!));
    await isNow("fay@b.example", "unsubscribed");
    await server.mailchimp.patch(`/3.0/lists/${list}/members/fay@b.example`, { email_address: "fay2@b.example" });
    assert.match(await back(other), /write to its sender/);
    for (const address of ["dot@b.example", "eve@b.example", "fay2@b.example"])
      assert.equal(await statusOf(address), "unsubscribed");
  });

  describe("by a person of the CRM", () => {
    const addresses = ["ida@b.example", "jan@b.example", "kim@b.example", "lea@b.example", "mia@b.example",
      "nia@b.example", "ola@b.example", "pia@b.example", "quy@b.example"];
    let group: Json, links: string[];

    /** A campaign to the group; its report. */
    async function send(): Promise<Json> {
      const campaign = await makeCampaign(server, group);
      await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
      await isSent(server, campaign);
      return campaign;
    }
    const reportOf = async (campaign: Json): Promise<Json> =>
      (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
    const isOut = (address: string, out: boolean) =>
      until(`${address} is ${out ? "" : "not "}opted out`, async () => (await person(address)).opted_out === out);
    const historyOf = async (address: string) =>
      (await server.admin.get(`${v1}/people/${(await person(address)).id}/consent`)).body.items;
    let campaign: Json;

    before(async () => {
      await addPeople(server, addresses);
      group = await makeGroup(server, "Back", [{ field: "last_name", op: "is", value: "Example" }]);
      links = await linksOf(addresses, async () => { campaign = await send(); });
    });

    it("lifts the opt-out, says so in the history, and the next mail comes", async () => {
      const mistake = mistakeIn(await leave(links[0]!));
      await isOut("ida@b.example", true);
      await back(mistake);
      await isNow("ida@b.example", "subscribed");
      await isOut("ida@b.example", false);
      const history = await historyOf("ida@b.example");
      assert.deepEqual(history.map((c: Json) => [c.state, c.source]),
        [["opted_in", "person"], ["opted_out", "audience"]]);
      assert.match(history[0].reason, /again by the link/);
      assert.equal(history[0].campaign_id, campaign.id);
      assert.ok(history[0].ip);
      const timeline = (await server.admin.get(`${v1}/people/${(await person("ida@b.example")).id}/timeline`)).body;
      assert.match(JSON.stringify(timeline), /subscribed again by the link/);
      const entries = timeline.items.filter((e: Json) => e.type === "consent");
      assert.deepEqual(entries.map((e: Json) => [e.status, e.kind]), [["opted_in", "person"], ["opted_out", "audience"]]);
      assert.equal(entries[0].campaign_name, campaign.name);
      const { taken_back } = await until("the report counts the unsubscribe", async () => {
        const report = await reportOf(campaign);
        return report.unsubscribed === 1 ? report : undefined;
      });
      assert.equal(taken_back, 1);
      const { items } = (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`)).body;
      assert.deepEqual(items.map((r: Json) => [r.address, Boolean(r.unsubscribed_at), Boolean(r.taken_back_at)]),
        addresses.map((address, i) => [address, i === 0, i === 0]));
      const csv = (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients/export`)).text.trim().split("\r\n").map((line) => line.split(","));
      assert.match(csv[1]![csv[0]!.indexOf("taken_back_at")]!, /^20/);
      assert.match((await server.command(["campaign", "report", String(campaign.id)])).stdout,
        /^unsubscribed 1$[^]*^taken back +1 of those who unsubscribed$/m);
      await send();
      await until("the next mail is there", async () =>
        (await server.admin.get(`${v1}/outbox`, { rcpt: "ida@b.example" })).body.items.length === 2);
    });

    it("does not lift what a user has said as well", async () => {
      const mistake = mistakeIn(await leave(links[1]!));
      await isOut("jan@b.example", true);
      await server.admin.patch(`${v1}/people/${(await person("jan@b.example")).id}`,
        { opted_out: true, reason: "wrote a letter" });
      await back(mistake);
      await until("the bridge unsubscribed her", async () => {
        const { body } = await server.mailchimp.get(`/3.0/lists/${list}/members/jan@b.example`);
        return body.status === "unsubscribed" && /admin/.test(body.unsubscribe_reason);
      });
      assert.equal((await person("jan@b.example")).opted_out, true);
      assert.equal((await historyOf("jan@b.example"))[0].state, "opted_out");
    });

    it("lifts it also if the CRM hears of both at once", async () => {
      await back(mistakeIn(await leave(links[2]!)));
      await until("the report counts it", async () => {
        await runJob(server, `${v1}/sync`, { full: true });
        return (await reportOf(campaign)).unsubscribed === 3;
      });
      await isNow("kim@b.example", "subscribed");
      await isOut("kim@b.example", false);
      await send();
      await until("the next mail is there", async () =>
        (await server.admin.get(`${v1}/outbox`, { rcpt: "kim@b.example" })).body.items.length === 3);
    });

    it("keeps the last of three words, however quick they came", async () => {
      const mistake = mistakeIn(await leave(links[3]!));
      await back(mistake);
      await leave(links[3]!);
      await isNow("lea@b.example", "unsubscribed");
      await isOut("lea@b.example", true);
      await runJob(server, `${v1}/sync`, { full: true });
      assert.equal((await person("lea@b.example")).opted_out, true);
      assert.equal(await statusOf("lea@b.example"), "unsubscribed");
      await back(mistake);
      await isOut("lea@b.example", false);
      await isNow("lea@b.example", "subscribed");
    });

    it("lifts it from everybody with the address, whoever hears of it first", async () => {
      await server.admin.post(`${v1}/people`, { first_name: "Mo", email: "mia@b.example" }, { status: 201 });
      const both = async (): Promise<boolean[]> =>
        (await server.admin.get(`${v1}/people`, { email: "mia@b.example" })).body.items.map((p: Json) => p.opted_out);
      assert.deepEqual(await both(), [false, false]);
      const mistake = mistakeIn(await leave(links[4]!));
      await back(mistake);
      await until("both words were heard", async () => {
        await runJob(server, `${v1}/sync`, { full: true });
        const { body } = await server.admin.get(`${v1}/people`, { email: "mia@b.example" });
        const words = await Promise.all(body.items.map(async (p: Json) =>
          (await server.admin.get(`${v1}/people/${p.id}/consent`)).body.items.map((c: Json) => c.state)));
        return words.every((w) => w.includes("opted_out") && w[0] === "opted_in");
      });
      assert.deepEqual(await both(), [false, false]);
      await isNow("mia@b.example", "subscribed");
    });

    it("does not lift it where a lead with the address, a colleague or the company says no besides", async () => {
      const nos: ((own: Json) => Promise<unknown>)[] = [
        async () => {
          const { body: lead } = await server.admin.post(`${v1}/leads`, { first_name: "N", email: "nia@b.example" }, { status: 201 });
          assert.equal(lead.opted_out, true); // it shares the address
          await server.admin.patch(`${v1}/leads/${lead.id}`, { opted_out: true, reason: "told us" });
        },
        async (own) => {
          const { body: firm } = await server.admin.post(`${v1}/companies`, { name: "Firm" }, { status: 201 });
          await server.admin.patch(`${v1}/people/${own.id}`, { company_id: firm.id });
          await server.admin.patch(`${v1}/companies/${firm.id}`, { opted_out: true, reason: "by letter" });
        },
        async (own) => {
          await server.admin.patch(`${v1}/people/${own.id}`, { emails: [{ address: "pia@b.example", primary: true }, { address: "desk@b.example" }] });
          const { body: other } = await server.admin.post(`${v1}/people`, { first_name: "Q", email: "desk@b.example" }, { status: 201 });
          await server.admin.patch(`${v1}/people/${other.id}`, { opted_out: true, reason: "told us" });
        },
      ];
      for (const [i, saysNo] of nos.entries()) {
        const address = addresses[5 + i]!;
        const mistake = mistakeIn(await leave(links[5 + i]!));
        await isOut(address, true);
        await saysNo(await person(address));
        await back(mistake);
        await until(`the bridge unsubscribed ${address}`, async () => {
          const { body } = await server.mailchimp.get(`/3.0/lists/${list}/members/${address}`);
          return body.status === "unsubscribed" && /admin/.test(body.unsubscribe_reason);
        });
        assert.equal((await person(address)).opted_out, true);
      }
    });

    it("takes back what was said at that address, by nobody who said no at another of theirs", async () => {
      await server.admin.post(`${v1}/people`, { first_name: "R", last_name: "Example", emails: [
        { address: "rea@b.example", primary: true }, { address: "sol@b.example" }] }, { status: 201 });
      await server.admin.post(`${v1}/people`, { first_name: "S", last_name: "Example", email: "sol@b.example" }, { status: 201 });
      const [rea, sol] = await linksOf(["rea@b.example", "sol@b.example"], send);
      const out = async (): Promise<boolean[]> => (await server.admin.get(`${v1}/people`, { email: "sol@b.example" })).body.items.map((p: Json) => p.opted_out);
      const mistake = mistakeIn(await leave(sol!));
      await until("both are out", async () => (await out()).every((x) => x));
      await leave(rea!);
      await isNow("rea@b.example", "unsubscribed");
      await runJob(server, `${v1}/sync`, { full: true });
      await back(mistake);
      await until("the bridge unsubscribed the shared address", async () => {
        const { body } = await server.mailchimp.get(`/3.0/lists/${list}/members/sol@b.example`);
        return body.status === "unsubscribed" && /admin/.test(body.unsubscribe_reason);
      });
      assert.deepEqual(await out(), [true, true]);
    });

    it("lifts it also by the answer to a question of another program", async () => {
      await leave(links[8]!);
      await isOut("quy@b.example", true);
      await server.mailchimp.patch(`/3.0/lists/${list}`, { campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "en" } });
      await setStatus("quy@b.example", "pending"); // asks, and subscribes nobody
      await runJob(server, `${v1}/sync`);
      assert.equal(await statusOf("quy@b.example"), "pending");
      const link = await until("the question is there", async () => {
        for (const { id } of (await server.admin.get(`${v1}/outbox`, { rcpt: "quy@b.example" })).body.items) {
          const { source } = (await server.admin.get(`${v1}/outbox/${id}`)).body;
          const url = hrefs((await parseMail(source)).html!).find((one) => one.includes("/subscribe/confirm/"));
          if (url) return new URL(url).pathname;
        }
        return undefined;
      });
      await server.anonymous.post(link, "confirm=1", form);
      await isOut("quy@b.example", false);
      await isNow("quy@b.example", "subscribed");
    });
  });
});
