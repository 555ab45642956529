/** Mail that a server sent to its outbox, and a campaign sent to one person with the links of its message. */
import { createHash } from "node:crypto";
import { parseMail } from "./mail.js";
import type { Json } from "./client.js";
import type { Server } from "./server.js";
import { until } from "./wait.js";

/** The newest message to an address, whole: it may be handed over only after the act, or its job, has ended. */
export async function caughtMail(server: Server, address: string): Promise<Json> {
  const { id } = await until(`a mail to ${address} is in the outbox`, async () =>
    (await server.admin.get("/api/v1/outbox", { rcpt: address })).body.items[0]);
  return (await server.admin.get(`/api/v1/outbox/${id}`)).body;
}

/** Where a server that relays to its outbox takes the one-click unsubscribe of that message. */
export async function unsubscribeLinkOf(server: Server, address: string): Promise<string> {
  const { body: lists } = await server.mailchimp.get("/3.0/lists");
  const list = lists.lists[0].id;
  await server.mailchimp.put(`/3.0/lists/${list}/members/${createHash("md5").update(address).digest("hex")}`, {
    email_address: address,
    status_if_new: "subscribed",
  });
  const { body } = await server.mailchimp.post("/3.0/campaigns", {
    type: "regular",
    recipients: { list_id: list },
    settings: { subject_line: "s", title: "t", from_name: "Ann", reply_to: "ann@example.org" },
  });
  await server.mailchimp.put(`/3.0/campaigns/${body.id}/content`, {
    html: '<p><a href="*|UNSUB|*">Leave</a></p>',
  });
  await server.mailchimp.post(`/3.0/campaigns/${body.id}/actions/send`);
  const { source } = await caughtMail(server, address);
  const header = (await parseMail(source)).headers.find((h) => h.key === "list-unsubscribe")!;
  return new URL(header.value.match(/<(http[^>]+)>/)![1]!).pathname;
}

/** Takes the CRM's webhooks away over there, until the next sync: what happens meanwhile is not told. */
export async function muteWebhooks(server: Server, list: string): Promise<void> {
  const { body } = await server.mailchimp.get(`/3.0/lists/${list}/webhooks`);
  for (const hook of body.webhooks)
    await server.mailchimp.delete(`/3.0/lists/${list}/webhooks/${hook.id}`, { status: [204, 404] });
}
