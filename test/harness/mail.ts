/** Reading mail with a parser that is not ours. */
import PostalMime, { type Email } from "postal-mime";

export async function parseMail(raw: Buffer | string): Promise<Email> {
  return PostalMime.parse(raw);
}

/** A header as it was written, unfolded; undefined if there is none. */
export function header(mail: Email, name: string): string | undefined {
  return mail.headers.find((h) => h.key === name.toLowerCase())?.value;
}

/** Targets of the links of an HTML text, in order, entities decoded. */
export function hrefs(html: string): string[] {
  return [...html.matchAll(/href="([^"]*)"/g)].map((found) =>
    found[1]!.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&"),
  );
}
