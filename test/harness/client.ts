/**
 * An HTTP client of the server under test. Each reply is checked against the
 * server's own description, and of /3.0 against the published one; a status that is not expected throws.
 *
 *     const { body } = await admin.get("/api/v1/people", { q: "smith" });
 *     await admin.post("/api/v1/people", { first_name: "" }, { status: 400 });
 */
import { Description } from "./openapi.js";
import { checkPublished } from "./published.js";
import { PATIENCE_MS } from "./wait.js";

/* eslint-disable-next-line @typescript-eslint/no-explicit-any */
export type Json = any;
export type Query = Record<string, string | number | boolean | undefined>;

export interface Reply {
  status: number;
  headers: Headers;
  type: string; // the content type, without parameters
  text: string;
  body: Json; // of JSON replies, else undefined
}

export interface RequestOptions {
  query?: Query;
  status?: number | number[]; // expected; else any 2xx
  headers?: Record<string, string>;
  unchecked?: boolean; // do not compare with the description
  unpublished?: boolean; // not with what Mailchimp published: it is ours alone
  redirect?: "follow" | "manual";
}

const descriptions = new Map<string, Promise<Description[]>>();

async function describe(url: string): Promise<Description[]> {
  const all = ["/api/v1/openapi.json", "/3.0/openapi.json"].map(async (path) => {
    const reply = await fetch(url + path);
    if (!reply.ok) throw new Error(`GET ${path}: ${reply.status}`);
    return new Description((await reply.json()) as never);
  });
  return Promise.all(all);
}

function parseJson(type: string, text: string): Json {
  if (text === "" || !(type === "application/json" || type.endsWith("+json"))) return undefined;
  return JSON.parse(text);
}

export class Client {
  /** `basic`: as Mailchimp clients sign in; else as Bearer. */
  constructor(
    readonly url: string,
    readonly key?: string,
    private readonly basic = false,
  ) {}

  /** The same server, another key (or none). */
  as(key?: string, basic = this.basic): Client {
    return new Client(this.url, key, basic);
  }

  private authorization(): Record<string, string> {
    if (!this.key) return {};
    if (!this.basic) return { authorization: `Bearer ${this.key}` };
    return { authorization: `Basic ${Buffer.from(`any:${this.key}`).toString("base64")}` };
  }

  private async checkReply(
    method: string, url: URL, reply: Reply, isOurs = false,
  ): Promise<void> {
    const path = url.pathname;
    const isPartial = url.searchParams.has("fields") || url.searchParams.has("exclude_fields");
    if (!path.startsWith("/api/v1") && !path.startsWith("/3.0")) return;
    if (!descriptions.has(this.url)) descriptions.set(this.url, describe(this.url));
    const body = reply.body ?? (reply.text === "" ? undefined : reply.text);
    for (const description of await descriptions.get(this.url)!) {
      if (!path.startsWith(description.prefix)) continue;
      const fault = description.check(
        method, path, reply.status, reply.type, body, isPartial);
      if (fault) throw new Error(fault);
    }
    const fault = isOurs
      ? undefined : checkPublished(method, path, reply.status, reply.type, body);
    if (fault) throw new Error(fault);
  }

  /** body: a string or bytes go as they are, anything else as JSON. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    options: RequestOptions = {},
  ): Promise<Reply> {
    const url = new URL(this.url + path);
    for (const [name, value] of Object.entries(options.query ?? {}))
      if (value !== undefined) url.searchParams.append(name, String(value));
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const answer = await fetch(url, {
      method,
      redirect: options.redirect ?? "manual",
      headers: {
        ...this.authorization(),
        ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
        ...options.headers,
      },
      body: body === undefined ? undefined : isRaw ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(2 * PATIENCE_MS),
    });
    const text = await answer.text();
    const type = (answer.headers.get("content-type") ?? "").split(";")[0]!.trim();
    const reply: Reply = {
      status: answer.status,
      headers: answer.headers,
      type,
      text,
      body: parseJson(type, text),
    };
    this.expectStatus(method, url, reply, options.status);
    if (!options.unchecked) await this.checkReply(method, url, reply, options.unpublished);
    return reply;
  }

  private expectStatus(
    method: string,
    url: URL,
    reply: Reply,
    status: number | number[] | undefined,
  ): void {
    const good = status === undefined
      ? reply.status >= 200 && reply.status < 300
      : [status].flat().includes(reply.status);
    if (!good)
      throw new Error(
        `${method} ${url.pathname}${url.search}: ${reply.status} ` +
          `(expected ${status ?? "success"}): ${reply.text.slice(0, 2000)}`,
      );
  }

  get(path: string, query?: Query, options: RequestOptions = {}): Promise<Reply> {
    return this.request("GET", path, undefined, { query, ...options });
  }
  post(path: string, body?: unknown, options?: RequestOptions): Promise<Reply> {
    return this.request("POST", path, body, options);
  }
  put(path: string, body?: unknown, options?: RequestOptions): Promise<Reply> {
    return this.request("PUT", path, body, options);
  }
  patch(path: string, body?: unknown, options?: RequestOptions): Promise<Reply> {
    return this.request("PATCH", path, body, options);
  }
  delete(path: string, options?: RequestOptions): Promise<Reply> {
    return this.request("DELETE", path, undefined, options);
  }
}
