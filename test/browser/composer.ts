/** What journeys through the composer share. */
import type { Locator, Page } from "playwright-core";
import { until, type Json, type Server } from "../harness/index.js";

const v1 = "/api/v1";

export const line = (page: Page, name: string) => page.getByRole("region", { name: new RegExp(`^${name} \\(`) });
export const edit = (page: Page, name: string) => line(page, name).getByRole("button", { name: new RegExp(`^${name}: `) });
export const saved = (page: Page) => page.locator('[data-save-state="saved"]').waitFor();
export const block = (page: Page, name: string | RegExp) => page.getByRole("group", { name });
export const writingIn = (at: Locator) => at.getByRole("textbox").first();

/** 8 x 6 green pixels. */
export const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEUlEQVR42mOIWlCBFTEMpAQAT0JFYUlqOpoAAAAASUVORK5CYII=", "base64");

export const blocks = (more: Json[] = []): Json => ({
  version: 1,
  blocks: [
    { id: "b1", type: "heading", text: "Hello", level: 1 },
    { id: "b2", type: "text", html: "<p>One</p>" },
    ...more,
    { id: "b9", type: "footer", html: '<p><a href="*|UNSUB|*">Unsubscribe</a></p>' },
  ],
});

export async function open(page: Page, campaign: Json): Promise<void> {
  await page.goto(`/campaigns/${campaign.id}/edit`);
  await line(page, "To").waitFor();
}

export async function openContent(page: Page, campaign: Json): Promise<void> {
  await page.goto(`/campaigns/${campaign.id}/edit/content`);
  await page.getByRole("heading", { name: "Content", level: 1 }).waitFor();
}

/** Campaigns as the server has them. */
export function useCampaigns(server: Server) {
  const of = async (c: Json): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${c.id}`)).body;
  const designOf = async (c: Json): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${c.id}/design`)).body;
  const make = async (fields: Json = {}): Promise<Json> =>
    (await server.admin.post(`${v1}/campaigns`, { name: "Spring", ...fields }, { status: 201 })).body;
  const put = async (c: Json, design: Json) => server.admin.put(`${v1}/campaigns/${c.id}/design`, { design });
  return {
    of, designOf, make, put,
    /** One that has that design. */
    designed: async (design: Json, fields: Json = {}): Promise<Json> => {
      const campaign = await make({ subject: "News", from_name: "Us", from_email: "us@example.org", ...fields });
      await put(campaign, design);
      return campaign;
    },
    /** Its blocks are, by what is asked of each. */
    become: (c: Json, wanted: string, word: (block: Json) => string = ({ id }) => id) =>
      until(`the blocks are ${wanted}`, async () => (await designOf(c)).design.blocks.map(word).join(" ") === wanted),
  };
}
