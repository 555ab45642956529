/**
 * Receives webhooks: remembers each request and answers as told.
 *
 *     const receiver = useReceiver();
 *     receiver.answer = () => 500;
 *     await receiver.next((r) => r.form.get("type") === "unsubscribe");
 */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before } from "node:test";
import { until } from "./wait.js";

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  form: URLSearchParams; // of the text
  at: number;
}

export class Receiver {
  url = "";
  requests: Received[] = [];
  /** The status to answer with, when it is known; "drop" closes the connection instead. */
  answer: (request: Received) => number | "drop" | Promise<number> = () => 200;
  private server: Server | undefined;

  async start(): Promise<this> {
    this.server = createServer((message, reply) => {
      const parts: Buffer[] = [];
      message.on("data", (part) => parts.push(part));
      message.on("end", async () => {
        const text = Buffer.concat(parts).toString("utf8");
        const received = {
          method: message.method!,
          path: message.url!,
          headers: message.headers,
          text,
          form: new URLSearchParams(text),
          at: Date.now(),
        };
        const answer = this.answer(received);
        this.requests.push(received);
        const status = await answer;
        if (status === "drop") message.socket.destroy();
        else reply.writeHead(status).end();
      });
    });
    await new Promise<void>((done) => this.server!.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server!.closeAllConnections?.();
    await new Promise((done) => this.server!.close(done));
  }

  /** The first request that fits, when it has come. */
  async next(fits: (request: Received) => boolean): Promise<Received> {
    return until("a webhook arrives", () => this.requests.find(fits));
  }
}

/** A receiver for the tests of a describe(). */
export function useReceiver(): Receiver {
  const receiver = new Receiver();
  before(async () => {
    await receiver.start();
  });
  after(async () => {
    await receiver.stop();
  });
  return receiver;
}
