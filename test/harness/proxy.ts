/**
 * Stands between a client and a server over HTTP, and does to each request what
 * networks and what is in between do: an answer of its own, a connection that
 * dies before the request is passed on, after it, or in the middle of the answer.
 *
 *     const proxy = await new FaultyProxy().start(server.url);
 *     proxy.fault = (message) => (message.method === "POST" ? "lost" : "none");
 */
import {
  Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

export const FAULTS = [
  "503", "429", "page403", "page200", "cut", "lost", "torn",
] as const;
export type Fault = (typeof FAULTS)[number] | "none";

const PAGE = "<!DOCTYPE html><html><body><h1>Please wait</h1></body></html>";
const OWN: Record<string, [number, string]> = {
  503: [503, "text/html"], 429: [429, "application/problem+json"],
  page403: [403, "text/html"], page200: [200, "text/html"],
};

function bodyOf(message: IncomingMessage): Promise<Buffer> {
  return new Promise((done, failed) => {
    const parts: Buffer[] = [];
    message.on("data", (part) => parts.push(part));
    message.on("end", () => done(Buffer.concat(parts)));
    message.on("error", failed);
  });
}

export class FaultyProxy {
  url = "";
  /** Asked for each request, once. */
  fault: (message: IncomingMessage) => Fault = () => "none";
  counts: Partial<Record<Fault, number>> = {};
  /** What passed, in the order of the answers: for whoever looks for a fault. */
  calls: string[] = [];
  private server: Server | undefined;
  private agent = new Agent({ keepAlive: true });

  async start(target: string): Promise<this> {
    this.server = createServer((message, reply) => {
      this.pass(target, message, reply).catch(() => message.socket.destroy());
    });
    await new Promise<void>((done) => this.server!.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    this.server!.closeAllConnections();
    await new Promise((done) => this.server!.close(done));
  }

  private async pass(
    target: string, message: IncomingMessage, reply: ServerResponse,
  ): Promise<void> {
    const body = await bodyOf(message);
    const fault = this.fault(message);
    this.counts[fault] = (this.counts[fault] ?? 0) + 1;
    const own = OWN[fault];
    const call = (answered: number) => this.calls.push(
      `${message.method} ${message.url} ${body.subarray(0, 300).toString()} ` +
      `${fault === "none" ? "" : `${fault} `}${answered || ""}`);
    if (own || fault === "cut") call(0);
    if (own) {
      const text = fault === "429"
        ? JSON.stringify({ title: "Too Many Requests", status: 429, detail: "Slow down." })
        : PAGE;
      reply.writeHead(own[0], { "content-type": own[1] }).end(text);
    } else if (fault === "cut") {
      message.socket.destroy();
    } else {
      call(await this.forward(target, message, body, reply, fault));
    }
  }

  private async forward(
    target: string, message: IncomingMessage, body: Buffer, reply: ServerResponse, fault: Fault,
  ): Promise<number> {
    const answer = await new Promise<IncomingMessage>((done, failed) => {
      const out = request(target + message.url, {
        method: message.method, agent: this.agent,
        headers: { ...message.headers, host: new URL(target).host },
      }, done);
      out.on("error", failed);
      out.end(body);
    });
    const text = await bodyOf(answer);
    if (fault === "lost") {
      message.socket.destroy();
      return answer.statusCode!;
    }
    const headers = { ...answer.headers, "content-length": String(text.length) };
    delete headers["transfer-encoding"];
    delete headers.connection;
    if (answer.statusCode === 204) delete (headers as Record<string, unknown>)["content-length"];
    reply.writeHead(answer.statusCode!, headers);
    if (fault === "torn" && text.length > 1) {
      reply.write(text.subarray(0, text.length / 2), () => message.socket.destroy());
    } else {
      reply.end(text);
    }
    return answer.statusCode!;
  }
}
