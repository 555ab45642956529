/**
 * Stands between the server and its database, and can stop passing anything on:
 * nobody's connection is closed, nobody gets an answer, new ones are taken and
 * wait. So behaves a database machine that stands still, or a network that is gone.
 *
 *     const passage = await new Passage().start(server.database!);
 *     server.setEnv({ MUSTER_DATABASE: passage.url });
 *     passage.close();
 */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export class Passage {
  url = "";
  /** How many connections have come while it was closed. */
  asked = 0;
  private isOpen = true;
  private sockets = new Set<Socket>();
  private waiting: Socket[] = [];
  private target = { host: "", port: 0 };
  private server = createServer((socket) => {
    this.keep(socket);
    if (this.isOpen) return this.join(socket);
    this.asked++;
    this.waiting.push(socket.pause());
  });

  async start(database: string): Promise<this> {
    const url = new URL(database);
    this.target = { host: url.hostname, port: Number(url.port) };
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    this.url = url.href;
    return this;
  }

  close(): void {
    this.isOpen = false;
    for (const socket of this.sockets) socket.pause();
  }

  open(): void {
    this.isOpen = true;
    for (const socket of this.sockets) socket.resume();
    for (const socket of this.waiting.splice(0)) this.join(socket);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => {});
  }

  private join(near: Socket): void {
    const far = connect(this.target);
    this.keep(far);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      from.on("data", (bytes) => to.write(bytes));
      from.on("close", () => to.destroy());
    }
  }
}
