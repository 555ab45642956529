/** The fakes themselves: a test is worth as much as its fakes. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { header, hrefs, parseMail, until, useReceiver, useRelay } from "../harness/index.js";

async function lines(socket: Socket, n: number, sent: string): Promise<string[]> {
  let text = "";
  const listen = (bytes: Buffer) => (text += bytes.toString());
  socket.on("data", listen);
  socket.write(sent);
  await until(`${n} replies`, () => text.split("\r\n").length > n);
  socket.off("data", listen);
  return text.split("\r\n").slice(0, n);
}

describe("the relay", () => {
  const relay = useRelay();

  it("takes pipelined mail, and refuses whom it is told to", async () => {
    relay.onRecipient = (to) => (to.startsWith("gone@") ? "550 5.1.1 Unknown" : undefined);
    const socket = connect(relay.port, "127.0.0.1");
    await lines(socket, 1, "");
    const hello = await lines(socket, 5, "EHLO test\r\n");
    assert.ok(hello.some((line) => line.includes("PIPELINING")));
    const replies = await lines(socket, 4,
      "MAIL FROM:<a@b.test>\r\nRCPT TO:<gone@b.test>\r\nRCPT TO:<here@b.test>\r\nDATA\r\n");
    assert.deepEqual(replies.map((line) => line.slice(0, 3)), ["250", "550", "250", "354"]);
    await lines(socket, 1, "Subject: x\r\n\r\n..dot\r\n.\r\n");
    socket.destroy();
    const [message] = await relay.received(1);
    assert.deepEqual(message!.to, ["here@b.test"]);
    assert.equal(message!.data.toString(), "Subject: x\r\n\r\n.dot\r\n");
    assert.equal(relay.commands.get("RCPT"), 2);
  });

  it("goes away and comes back", async () => {
    await relay.goAway();
    await assert.rejects(new Promise((done, failed) => {
      connect(relay.port, "127.0.0.1").on("error", failed).on("connect", done);
    }));
    await relay.comeBack();
    const socket = connect(relay.port, "127.0.0.1");
    const [greeting] = await lines(socket, 1, "");
    assert.match(greeting!, /^220 /);
    socket.destroy();
  });
});

describe("the receiver", () => {
  const receiver = useReceiver();

  it("remembers what came and answers as told", async () => {
    receiver.answer = (request) => (request.path === "/bad" ? 500 : 204);
    const bad = await fetch(`${receiver.url}/bad`, { method: "POST", body: "type=unsubscribe" });
    assert.equal(bad.status, 500);
    const good = await fetch(`${receiver.url}/good?x=1`);
    assert.equal(good.status, 204);
    const found = await receiver.next((request) => request.form.get("type") === "unsubscribe");
    assert.equal(found.method, "POST");
    assert.equal(receiver.requests.length, 2);
  });
});

describe("mail", () => {
  it("is read by a parser that is not ours", async () => {
    const mail = await parseMail(
      "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\nX-Long: a\r\n b\r\n" +
        "Content-Type: text/html\r\n\r\n<a href=\"https://a.test/?x=1&amp;y=2\">x</a>\r\n",
    );
    assert.equal(mail.subject, "Grüße");
    assert.equal(header(mail, "X-Long")?.replace(/\s+/g, " "), "a b");
    assert.deepEqual(hrefs(mail.html!), ["https://a.test/?x=1&y=2"]);
  });
});
