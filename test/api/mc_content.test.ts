/** What a campaign of the Marketing API says: by HTML, by a template, by a page. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer, type Server as Http } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { caughtMail, parseMail, useServer, type Client, type Json } from "../harness/index.js";

/** A file of an archive; a number: so many zeros; or a picture of one colour. */
type Packed = [name: string, bytes: Buffer | string | number | { png: [width: number, height: number] }];
/** Archives of files in their order, in base64. All by one process: while it runs nobody else does, and connections grow old. */
const pack = (...archives: [type: string, files: Packed[]][]): string[] => JSON.parse(execFileSync("python3", ["-c", `
import base64, io, json, struct, sys, tarfile, zipfile, zlib
def png(width, height):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (bytes([137, 80, 78, 71, 13, 10, 26, 10]) + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(bytes((width + 7) // 8 + 1) * height)) + chunk(b"IEND", b""))
def pack(kind, files):
    out = io.BytesIO()
    files = [(n, bytes(b) if isinstance(b, int) else png(*b["png"]) if isinstance(b, dict) else base64.b64decode(b)) for n, b in files]
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            for name, data in files: z.writestr(name, data)
    else:
        mode = "w:" + {"tar": "", "tar.gz": "gz", "tgz": "gz", "tar.bz2": "bz2", "tbz": "bz2"}[kind]
        with tarfile.open(fileobj=out, mode=mode) as t:
            for name, data in files:
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                t.addfile(entry, io.BytesIO(data))
    return base64.encodebytes(out.getvalue()).decode()
print(json.dumps([pack(*one) for one in json.load(sys.stdin)]))
`], {
  input: JSON.stringify(archives.map(([type, files]) =>
    [type, files.map(([n, b]) => [n, typeof b === "number" || (typeof b === "object" && "png" in b) ? b : Buffer.from(b).toString("base64")])])),
  maxBuffer: 1 << 27,
}).toString());
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

describe("content of campaigns", () => {
  const server = useServer();
  let api: Client;
  let list: string;

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.post(`/3.0/lists/${list}/members`,
      { email_address: "ada@content.example", status: "subscribed", merge_fields: { FNAME: "Ada" } });
  });

  const settings = { subject_line: "S", title: "T", from_name: "F", reply_to: "f@example.org" };
  const make = async (more: Json = {}, type = "regular"): Promise<Json> =>
    (await api.post("/3.0/campaigns", { type, recipients: { list_id: list }, settings: { ...settings, ...more } })).body;
  const put = async (c: Json, body: Json, status = 200): Promise<Json> =>
    (await api.put(`/3.0/campaigns/${c.id as string}/content`, body, { status })).body;
  const template = async (html: string): Promise<number> =>
    (await api.post("/3.0/templates", { name: "T", html })).body.id;
  const page = '<html><body><h1 mc:edit="title">Default</h1><div mc:hideable mc:edit="text">Text <div>in</div></div>' +
    "<p>*|UNSUB|* *|LIST:ADDRESS|*</p></body></html>";
  const field = (refused: Json): string => refused.errors[0].field;

  it("comes of a template whose sections are filled, and readers see no marks", async () => {
    const id = await template(page);
    const c = await make();
    const { html, archive_html } = await put(c, { template: { id, sections: { title: "Hi *|FNAME|*", text: "<b>مرحبا</b>" } } });
    assert.equal(html, page.replace("Default", "Hi *|FNAME|*").replace("Text <div>in</div>", "<b>مرحبا</b>"));
    assert.doesNotMatch(archive_html, /mc:/);
    const now = (await api.get(`/3.0/campaigns/${c.id as string}`)).body;
    assert.equal(now.settings.template_id, id);
    assert.equal(now.content_type, "template");
    assert.equal(now.settings.drag_and_drop, false);
    // a template that is changed or removed changes no campaign
    await api.delete(`/3.0/templates/${id}`);
    assert.equal((await api.get(`/3.0/campaigns/${c.id as string}/content`)).body.html, html);
    await api.post(`/3.0/campaigns/${c.id as string}/actions/send`);
    const mail = await parseMail((await caughtMail(server, "ada@content.example")).source);
    assert.match(mail.html as string, /<h1>Hi Ada<\/h1><div><b>مرحبا<\/b><\/div>/);
    assert.doesNotMatch(mail.html as string, /mc:/);
    await put(c, { template: { id } }, 400);
  });

  it("is the template's own where no section is given", async () => {
    const id = await template(page);
    for (const sections of [undefined, null, {}, ""]) {
      const c = await make();
      assert.equal((await put(c, { template: { id, sections } })).html, page);
    }
    const c = await make({ template_id: id });
    assert.equal(c.settings.template_id, id);
    assert.equal(c.content_type, "template");
    assert.equal((await api.get(`/3.0/campaigns/${c.id as string}/content`)).body.html, page);
    // written back as it was read, it changes nothing
    await put(c, { template: { id, sections: { title: "Mine" } } });
    const path = `/3.0/campaigns/${c.id as string}`;
    await api.patch(path, { settings: c.settings });
    assert.match((await api.get(`${path}/content`)).body.html, />Mine</);
    const other = await template("<p>Other</p>");
    assert.equal((await api.patch(path, { settings: { template_id: other } })).body.settings.template_id, other);
    assert.equal((await api.get(`${path}/content`)).body.html, "<p>Other</p>");
    assert.equal(field((await api.patch(path, { settings: { template_id: 999999 } }, { status: 400 })).body), "settings.template_id");
    await put(c, { html: "<p>Own</p>" });
    const own = (await api.get(path)).body;
    assert.equal(own.settings.template_id, 0);
    assert.equal(own.content_type, "html");
  });

  it("comes of a design of the editor", async () => {
    const design = { version: 1, blocks: [{ id: "a", type: "text", html: "<p>Blocks *|FNAME|*</p>" }] };
    const { id } = (await server.admin.post("/api/v1/templates", { name: "D", design }, { status: 201 })).body;
    const c = await make();
    assert.match((await put(c, { template: { id: Number(id) } })).html, /Blocks \*\|FNAME\|\*/);
    const now = (await api.get(`/3.0/campaigns/${c.id as string}`)).body;
    assert.equal(now.content_type, "multichannel");
    assert.equal(now.settings.drag_and_drop, true);
    assert.equal(field(await put(c, { template: { id: Number(id), sections: { a: "x" } } }, 400)), "template.sections");
  });

  const archive = (type: string, ...files: Packed[]): Json =>
    ({ archive: { archive_content: pack([type, files])[0], archive_type: type } });

  it("comes of an archive, whose pictures go into the file manager", async () => {
    const c = await make();
    const html = (name: (n: string) => string): string => `<body><img src="${name("images/%C3%9Cber%20uns.png")}">` +
      `<table background='${name("./images/Über uns.png?v=1")}'><div style="background:url(&quot;${name("IMAGES/Über uns.png")}&quot;)">` +
      `<style>b { background: url( ${name("/news/images/Über%20uns.png")}) }</style>` +
      `<!--[if mso]><v:fill src="${name("..\\news\\images\\Über uns.png")}" /><![endif]-->` +
      '<img src="images/missing.png"><img src="https://x.example/images/Über uns.png"><a href="menu.pdf">*|UNSUB|*</a></body>';
    const body = archive("zip", ["__MACOSX/news/._index.html", "x"], ["news/more/other.html", "no"],
      ["news/index.html", html((n) => n)], ["news/images/Über uns.png", PNG], ["news/images/broken.png", "unused"]);
    const got = await put(c, body);
    const url = /<img src="([^"]+)"/.exec(got.html)![1]!;
    assert.match(url, /\/files\/[0-9a-f]+\//);
    assert.equal(got.html, html(() => url));
    assert.equal((await api.get(`/3.0/campaigns/${c.id as string}`)).body.content_type, "html");
    const shown = await fetch(server.url + new URL(url, server.url).pathname);
    assert.equal(shown.headers.get("content-type"), "image/png");
    const files = async (): Promise<Json> => (await api.get("/3.0/file-manager/files")).body;
    assert.deepEqual((await files()).files.map((f: Json) => f.name), ["Über uns.png"]);
    assert.equal((await put(c, body)).html, got.html);
    assert.equal((await files()).total_items, 1); // the same is one
    for (const type of ["tar", "tar.gz", "tgz", "tar.bz2", "tbz"])
      assert.equal((await put(c, archive(type, ["./a.htm", `<p>${type}</p>`]))).html, `<p>${type}</p>`);
    const { body: test } = await api.post("/3.0/campaigns",
      { type: "variate", recipients: { list_id: list }, settings, variate_settings: { winner_criteria: "opens", subject_lines: ["1", "2"] } });
    const several = [{ content_label: "A", html: "<p>A</p>" }, { content_label: "B", ...archive("zip", ["b.html", "<p>B</p>"]) }];
    assert.equal((await put(test, { variate_contents: several })).variate_contents[1].html, "<p>B</p>");
  });

  it("refuses archives that cannot be taken, and says why", async () => {
    const c = await make();
    const index: Packed = ["index.html", '<img src="a.svg"><img src="b.png">'];
    const large = [0, 1, 2].map((i): Packed => [`${i}.png`, { png: [7600, 4000] }]); // two of them are more than 60 million pixels
    const packed: [string, Packed[], RegExp, string?][] = [
      ["tar", [index], /no zip file/, "zip"], ["zip", [index], /no tgz file/, "tgz"],
      ["zip", [], /no HTML file/], ["zip", [["a.txt", "x"]], /no HTML file/],
      ["tar", [["a.html", "x"], ["b.htm", "x"]], /several HTML files/],
      ["zip", [index, ["a.svg", "<svg></svg>"]], /a\.svg: /], ["zip", [index, ["b.png", PNG.subarray(0, 40)]], /b\.png: /],
      ["zip", [["index.html", Buffer.from([0xe9, 0x20, 0xff])]], /index\.html: /],
      ["zip", [["index.html", "\0"]], /index\.html/], ["zip", [["index.html", ""]], /index\.html/],
      ["tar.gz", [["index.html", "x"], ["zeros", 33 << 20]], /larger than 32 MB/], ["zip", [index, ["z", 33 << 20]], /larger than 32 MB/],
      ["tar", [index, ...Array.from({ length: 1000 }, (_, i): Packed => [`${i}`, ""])], /more than 1000 files/],
      ["zip", [["index.html", large.map(([name]) => `<img src="${name}">`).join("")], ...large], /together at most 60 million pixels/],
      ["zip", [["index.html", '<img src="a.png">'], ["a.png", { png: [8000, 5001] }]], /a\.png: .*too large/],
      ["zip", [["index.html", Array.from({ length: 101 }, (_, i) => `<img src="${i}.png">`).join("")], ...Array.from({ length: 101 }, (_, i): Packed => [`${i}.png`, PNG])], /more than 100 pictures/],
    ];
    const contents = pack(...packed.map(([type, files]): [string, Packed[]] => [type, files]));
    const cases: [Json, RegExp][] = [
      [{ archive: { archive_content: "???" } }, /base64/], [{ archive: { archive_content: "UEsDBA==" } }, /no zip file/],
      [{ archive: { archive_content: "UEsDBA==", archive_type: "rar" } }, /not one of zip/],
      ...packed.map(([type, , why, as], i): [Json, RegExp] =>
        [{ archive: { archive_content: contents[i], archive_type: as ?? type } }, why]),
    ];
    for (const [body, why] of cases)
      assert.match((await put(c, body, 400)).errors[0].message, why, String(why));
    assert.equal((await put(c, {})).html, "");
  });

  it("is refused, and stays, where something is wrong", async () => {
    const id = await template(page);
    const c = await make();
    await put(c, { html: "<p>Before</p>" });
    const cases: [Json, string][] = [
      [{ template: { id: 999999 } }, "template.id"], [{ template: { sections: {} } }, "template.id"],
      [{ template: { id: -1 } }, "template.id"], [{ template: { id: 1.5 } }, "template.id"],
      [{ template: { id: "x" } }, "template.id"], [{ template: [1] }, "template"], [{ template: 7 }, "template"],
      [{ template: { id, sections: { nothing: "x" } } }, "template.sections"],
      [{ template: { id, sections: { "repeat_1:0:title": "x" } } }, "template.sections"],
      [{ template: { id, sections: { title: 7 } } }, "template.sections"],
      [{ template: { id, sections: [1] } }, "template.sections"],
      [{ template: { id, sections: { title: "a\u0001" } } }, "html"],
      [{ template: { id, sections: { title: "x".repeat(4 << 20) } } }, "html"],
      [{ template: { id }, html: "<p>x</p>" }, "template"], [{ html: "<p>x</p>", url: "http://x.example" }, "url"],
      [{ archive: { archive_type: "zip" } }, "archive.archive_content"], [{ archive: 7 }, "archive"],
      [{ archive: { archive_content: 7 } }, "archive"], [{ archive: { archive_content: "UEs=" } }, "archive.archive_content"],
      [{ ...archive("tar", ["a.htm", "x"]), html: "x" }, "archive"],
      [{ variate_contents: [{ content_label: "A" }] }, "variate_contents"],
      [{ url: 7 }, "url"], [{ html: 7 }, "html"],
      // also what looks empty
      [{ archive: [] }, "archive"], [{ archive: "" }, "archive"], [{ template: [] }, "template"], [{ template: "" }, "template"],
      [{ html: [] }, "html"], [{ plain_text: {} }, "plain_text"], [{ url: [] }, "url"],
      [{ variate_contents: {} }, "variate_contents"], [{ variate_contents: "" }, "variate_contents"],
      [{ variate_contents: [[]] }, "variate_contents"], [{ variate_contents: [{ content_label: "A", archive: [] }] }, "variate_contents.archive"],
    ];
    for (const [body, expected] of cases)
      assert.equal(field(await put(c, body, 400)), expected, JSON.stringify(body).slice(0, 80));
    const nothing = { template: null, url: "", archive: {}, variate_contents: [] };
    assert.equal((await put(c, nothing)).html, "<p>Before</p>");
    assert.equal((await put(c, {})).html, "<p>Before</p>");
    assert.equal((await put(c, { ...nothing, plain_text: "Plain" })).plain_text, "Plain");
    // a text of its own is of the HTML it was given with
    assert.match((await put(c, { html: "<p>Other</p>", plain_text: "" })).plain_text, /^Other\s*$/);
    assert.equal((await put(c, { plain_text: "Mine", html: "<p>Third</p>" })).plain_text, "Mine");
    assert.match((await put(c, { html: "<p>Fourth</p>" })).plain_text, /^Fourth\s*$/);
    assert.equal(field(await put(await make({}, "plaintext"), { template: { id } }, 400)), "html");
    await put({ id: "ffffffffff" }, { template: { id } }, 404);
    await put({ id: "ffffffffff" }, {}, 404);
  });

  it("takes one of two who write it at once, whole", async () => {
    const id = await template(page);
    const c = await make();
    for (let i = 0; i < 8; i++) {
      await Promise.all([put(c, { html: "<p>html</p>" }), put(c, { template: { id } })]);
      const now = (await api.get(`/3.0/campaigns/${c.id as string}`)).body;
      const { html } = (await api.get(`/3.0/campaigns/${c.id as string}/content`)).body;
      assert.equal(now.settings.template_id, html === page ? id : 0);
    }
  });
});

describe("content that stands at a URL", () => {
  const server = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const strict = useServer();
  let http: Http;
  let base: string;
  const html = '<html><body><a href="b.html?x=1&amp;y=2">b</a><img src="/pic.png"><a href="#top">t</a>' +
    '<a href="https://other.example/z">z</a><a href="*|UNSUB|*">u</a><a href="mailto:a@b.example">m</a></body></html>';

  before(async () => {
    http = createServer((message, reply) => {
      const path = message.url!;
      const send = (status: number, type: string, body: string | Buffer, more: Json = {}): void => {
        reply.writeHead(status, { "content-type": type, ...more }).end(body);
      };
      if (path === "/dir/page") send(200, "text/html; charset=utf-8", html);
      else if (path === "/moved") send(302, "text/html", "", { location: "/dir/page" });
      else if (path === "/loop") send(302, "text/html", "", { location: "/loop" });
      else if (path === "/latin") send(200, 'text/html; charset="ISO-8859-1"', Buffer.from("<p>caf\xe9</p>", "latin1"));
      else if (path === "/unsaid") send(200, "text/html", Buffer.from("<p>caf\xe9</p>", "latin1"));
      else if (path === "/pdf") send(200, "application/pdf", "%PDF");
      else if (path === "/large") send(200, "text/html", "x".repeat((4 << 20) + 1));
      else if (path === "/empty") send(200, "text/html", "");
      else send(404, "text/html", "no");
    });
    await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
    base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });
  after(async () => {
    http.closeAllConnections();
    await new Promise((done) => http.close(done));
  });

  const make = async (api: Client): Promise<string> =>
    `/3.0/campaigns/${(await api.post("/3.0/campaigns", { type: "regular" })).body.id as string}`;

  it("is fetched once, with whole links", async () => {
    const api = server.mailchimp;
    const path = await make(api);
    const { body } = await api.put(`${path}/content`, { url: `${base}/moved` });
    assert.equal(body.html, html.replace('"b.html?x=1&amp;y=2"', `"${base}/dir/b.html?x=1&amp;y=2"`)
      .replace('"/pic.png"', `"${base}/pic.png"`));
    assert.equal((await api.get(path)).body.content_type, "url");
    assert.equal((await api.put(`${path}/content`, { url: `${base}/latin` })).body.html, "<p>café</p>");
  });

  it("is refused if it is no page, with the reason", async () => {
    const api = server.mailchimp;
    const path = await make(api);
    await api.put(`${path}/content`, { html: "<p>Before</p>" });
    for (const at of ["/none", "/loop", "/pdf", "/large", "/empty", "/unsaid"]) {
      const { body } = await api.put(`${path}/content`, { url: base + at }, { status: 400 });
      assert.equal(body.errors[0].field, "url", at);
    }
    for (const url of ["ftp://x.example/", "file:///etc/passwd", "nonsense", `http://127.0.0.1:1/`, `${base}/${"x".repeat(3000)}`])
      await api.put(`${path}/content`, { url }, { status: 400 });
    assert.equal((await api.get(`${path}/content`)).body.html, "<p>Before</p>");
  });

  it("is not fetched from private addresses", async () => {
    const path = await make(strict.mailchimp);
    for (const url of [`${base}/dir/page`, "http://169.254.169.254/latest", "http://[::1]/", "http://0.0.0.0/"])
      await strict.mailchimp.put(`${path}/content`, { url }, { status: 400 });
  });
});
