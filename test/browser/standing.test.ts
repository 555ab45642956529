/** Why a campaign stands still, and what stands there when a part of it was caught: what no other journey comes to. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { addPeople, execute, isSent, makeCampaign, makeGroup, runJob, until, useRelay, useServer, type Json, type Relay, type Server } from "../harness/index.js";
import { checkAccessible, german, intercept, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";
const rowOf = (page: Page, name: string | RegExp) => page.getByRole("row", { name });
const people = (n: number) => Array.from({ length: n }, (_one, i) => `p${i}@example.org`);
const of = async (server: Server, campaign: Json): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body;

describe("a campaign whose sender may not send any more", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("says so in the list, where it is written, and to who may only read", async () => {
    server.allowLog(/job failed kind=campaign-send/);
    await addPeople(server, people(2));
    const campaign = await makeCampaign(server, await makeGroup(server, "All"), "Orphan");
    const { body: user } = await server.admin.post(`${v1}/users`, { email: "m@acme.example", name: "Mona", role: "manager", may_send: true }, { status: 201 });
    const { body: key } = await server.admin.post(`${v1}/keys`, { name: "hers", role: "manager", may_send: true, user_id: user.id }, { status: 201 });
    await server.admin.as(key.key).post(`${v1}/campaigns/${campaign.id}/schedule`, { at: "2100-01-01T10:00:00Z" });
    await server.admin.patch(`${v1}/users/${user.id}`, { may_send: false });
    execute(server, "crm", ["UPDATE job SET run_at_ms = 1 WHERE kind = 'campaign-send' AND state = 1"]);
    await until("it is a draft again", async () => (await of(server, campaign)).hold?.reason === "no_right");

    const page = await browser.signIn("manager", {}, true);
    await page.goto("/campaigns");
    await rowOf(page, /Orphan/).getByText("who ordered it may not send any more").waitFor();
    await picture(page, "campaigns-no-right");
    await page.goto(`/campaigns/${campaign.id}`);
    await page.waitForURL(/\/edit$/);
    const status = page.getByRole("status").filter({ hasText: "It was not sent: who ordered it may not send any more" });
    await status.getByText("Somebody who may send looks at it and sends or schedules it again.").waitFor();
    await checkAccessible(page);
    await picture(page, "composer-no-right");
    const reader = await browser.signIn("user", { ...german, ...phone });
    await reader.goto(`/campaigns/${campaign.id}`);
    await reader.getByText("Sie wurde nicht gesendet: Wer sie beauftragt hat, darf nicht mehr senden").waitFor();
    await checkAccessible(reader);
    await picture(reader, "campaign-no-right-de-phone");
  });
});

/** Holds every recipient back until it is let go. */
function holdBack(relay: Relay): () => void {
  let go = (): void => {};
  const held = new Promise<void>((done) => (go = done));
  relay.pace = (command) => (command === "RCPT" ? held : undefined);
  return go;
}

/** What the server answers while its disk is full (test/api/full_disk.test.ts, on a real one), for as long as it is. */
async function answerAsFull(page: Page, campaign: Json, isFull: () => boolean): Promise<void> {
  const hold = { reason: "disk", detail: "the disk is full: free some space in the data folder", since: null };
  await intercept(page, /\/api\/v1\/campaigns(\/\d+)?(\?.*)?$/, async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as Json;
    for (const one of body.items ?? [body]) if (one.id === campaign.id && isFull()) one.hold = hold;
    await route.fulfill({ response, json: body });
  });
}

describe("a campaign that meets a full disk", () => {
  const relay = useRelay();
  const server = useServer({ env: { get MUSTER_RELAY() { return relay.url; } } });
  const browser = useBrowser(server);

  it("says so in the list and on its page, and no more once there is room", async () => {
    await addPeople(server, people(20));
    const campaign = await makeCampaign(server, await makeGroup(server, "All"), "Full");
    const go = holdBack(relay);
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await until("the CRM knows", async () => (await of(server, campaign)).status === "sending");
    let isFull = true;
    const page = await browser.signIn("manager", {}, true);
    await answerAsFull(page, campaign, () => isFull);
    await page.goto(`/campaigns/${campaign.id}`);
    const region = page.getByRole("region", { name: "It is being sent" });
    await region.getByText("The disk of the server is full").waitFor();
    await region.getByText("it goes on by itself once there is room").waitFor();
    await checkAccessible(page);
    await picture(page, "campaign-disk");
    const phoned = await browser.signIn("manager", { ...german, ...phone }, true);
    await answerAsFull(phoned, campaign, () => isFull);
    await phoned.goto("/campaigns");
    await phoned.getByText("Die Festplatte des Servers ist voll").waitFor();
    await checkAccessible(phoned);
    await picture(phoned, "campaigns-disk-de-phone");
    await phoned.goto(`/campaigns/${campaign.id}`);
    await phoned.getByText(/Platz zu schaffen/).waitFor();
    await picture(phoned, "campaign-disk-de-phone");
    isFull = false;
    await region.getByText("The disk of the server is full").waitFor({ state: "hidden" });
    go();
    await isSent(server, campaign);
    await region.waitFor({ state: "hidden" });
  });
});

describe("a campaign whose relay was changed while it was sent", () => {
  const relay = useRelay();
  const server = useServer({ env: { MUSTER_RELAY: "", MUSTER_ORGANISATION: "", MUSTER_POSTAL_ADDRESS: "", MUSTER_SEND_RATE: "2" } });
  const browser = useBrowser(server);
  const PEOPLE = 12;
  let campaign: Json;

  before(async () => {
    await addPeople(server, people(PEOPLE));
    campaign = await makeCampaign(server, await makeGroup(server, "All"), "Halves");
    const path = `${v1}/campaigns/${campaign.id}`;
    await server.admin.post(`${path}/send`, undefined, { status: 202 });
    await until("some are caught", async () => (await of(server, campaign)).figures?.caught > 0);
    await runJob(server, `${path}/pause`);
    await server.admin.patch(`${v1}/settings`, { organisation: "Us", postal_address: "1 Road",
      relay: { kind: "smtp", host: "127.0.0.1", port: relay.port, security: "none" } });
    await runJob(server, `${path}/resume`);
    await isSent(server, campaign);
  });

  it("tells those who were mailed from those who were not", async () => {
    const { figures } = await of(server, campaign);
    assert.equal(figures.sent, PEOPLE);
    assert.ok(figures.caught > 0 && figures.caught < PEOPLE, `${figures.caught}`);
    const kept = figures.caught, delivered = PEOPLE - kept;
    const page = await browser.signIn("manager");
    await page.goto(`/campaigns/${campaign.id}`);
    await page.getByRole("note").getByText(kept === 1
      ? `1 of ${PEOPLE} mails was kept in the outbox: that person was not mailed.`
      : `${kept} of ${PEOPLE} mails were kept in the outbox: these people were not mailed.`).waitFor();
    await page.getByRole("link", { name: `Delivered: ${delivered}` }).waitFor();
    await page.getByRole("link", { name: `In the outbox: ${kept}` }).waitFor();
    await checkAccessible(page);
    await picture(page, "campaign-halves");
    await page.goto("/campaigns");
    await rowOf(page, /Halves/).getByText(`${kept} kept in the outbox`).waitFor();
    await picture(page, "campaigns-halves");
    const phoned = await browser.signIn("manager", { ...german, ...phone });
    await phoned.goto(`/campaigns/${campaign.id}`);
    await phoned.getByText(/von 12 E-Mails (sind|ist) im Postausgang geblieben/).waitFor();
    await picture(phoned, "campaign-halves-de-phone");
  });
});
