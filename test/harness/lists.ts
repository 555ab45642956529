/** Audiences, as tests of the Marketing API name them: "/3.0/lists/ID". */
import type { Client } from "./client.js";

export async function masterList(client: Client): Promise<string> {
  const { body } = await client.get("/3.0/lists");
  return `/3.0/lists/${body.lists[0].id}`;
}

/** A new one: the bridge keeps opt-outs of the master audience. */
export async function anotherList(client: Client): Promise<string> {
  const { body } = await client.post("/3.0/lists", {
    name: "Second",
    contact: { company: "Acme", address1: "1 Road", city: "Town", state: "", zip: "1", country: "DE" },
    permission_reminder: "You asked.",
    campaign_defaults: { from_name: "A", from_email: "a@example.org", subject: "", language: "en" },
    email_type_option: true,
  });
  return `/3.0/lists/${body.id}`;
}
