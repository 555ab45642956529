/** What a checklist says of a campaign's content. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("the checklist of a campaign", () => {
  const server = useServer();
  const items = async (fields: Json): Promise<Json[]> => {
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "A", subject: "s", from_name: "Us",
      from_email: "us@example.test", ...fields });
    return (await server.admin.get(`${v1}/campaigns/${body.id}/checklist`)).body.items;
  };
  const codes = async (fields: Json): Promise<string[]> =>
    (await items(fields)).filter((i) => i.type !== "success").map((i) => i.code)
      .filter((code) => code !== "recipients");

  it("finds nothing wrong with what is right", async () => {
    assert.deepEqual(await codes({ html: '<p>Hi *|FNAME|*</p><img src="a" alt="A"><a href="https://x.example/">x</a><a href="*|UNSUB|*">leave</a>' }), []);
    assert.deepEqual(await codes({ plain_text: "Hi, tell us your name. Mit freundlichen Grüßen, Example GmbH, https://example-shop.de" }), []);
  });

  it("names each thing that is wrong", async () => {
    const cases: [string, Json][] = [
      ["content", {}],
      ["plain_text", { html: '<img src="a" alt="">' }],
      ["size", { html: `<p>${"words ".repeat(20000)}</p>` }],
      ["alt", { html: '<p>a</p><img src="a">' }],
      ["insecure_link", { html: '<a href="http://x.example/">x</a>' }],
      ["unsubscribe", { html: '<p>a</p><div style="display:none"><a href="*|UNSUB|*">x</a></div>' }],
      ["unsubscribe", { html: '<p>a</p><a href="*|UNSUB|*" style="color:#fff">x</a>' }],
      ["unsubscribe", { html: '<p>a</p><a href="*|UNSUB|*"></a>' }],
      ["unsubscribe", { html: '<style>.z{display:none}</style><p>a</p><div class="z"><a href="*|UNSUB|*">x</a></div>' }],
      ["unsubscribe", { html: "<body hidden><p>a</p></body>" }],
      ["unsubscribe", { html: '<html><body style="display:none"><p>a</p><a href="*|UNSUB|*">x</a></body></html>' }],
      ["unclosed", { html: "<p>a</p><!-- " }],
      ["unclosed", { html: '<p>a</p><div style="display:none">' }],
      ["sample", { html: "<p>Kind regards,<br>Your name</p>" }],
      ["sample", { html: '<p>a</p><a href="http&#115;://www.example.com/x">x</a>' }],
      ["sample", { html: '<p>a</p><a href="#">x</a>' }],
      ["sample", { plain_text: "Dear [Name]" }],
      ["sample", { html: "<p>a</p>", subject: "Lorem ipsum" }],
      ["merge_tag", { html: "<p>*|FNAM|*</p>" }],
      ["merge_tag", { html: "<p>*|HTML:FNAME|*</p>" }],
      ["merge_tag", { html: "<p>a</p>", preview_text: "*|NOPE|*" }],
      ["merge_tag", { html: "<p>*|IF:FNAME|* open</p>" }],
      ["domain", { html: "<p>a</p>", from_email: "us@GMail.com" }],
      ["sender", { html: "<p>a</p>", from_email: null }],
      ["subject", { html: "<p>a</p>", subject: "" }],
    ];
    for (const [code, fields] of cases) assert.deepEqual(await codes(fields), [code], JSON.stringify(fields).slice(0, 80));
  });

  it("names each placeholder, and how many more there are", async () => {
    const told = async (fields: Json) => (await items(fields)).filter((i) => i.code.startsWith("sample"));
    const some = await told({ html: "<p>Dear [Name], in [Ort]: [Name]</p>", plain_text: "Enter text\nSee www.example.com/x.",
      subject: "Your subject here", preview_text: "https://example.org/", from_name: "Your name" });
    assert.deepEqual(some.map((i) => [i.heading, i.about]), [["Subject", "Your subject here"], ["Preview text", "https://example.org/"],
      ["From name", "Your name"], ["Content", "[Name]"], ["Content", "[Ort]"], ["Plain text", "Enter text"], ["Plain text", "www.example.com/x"]]);
    const many = await told({ html: Array.from({ length: 15 }, (_, n) => `<a href="https://example.com/${n}">x</a>`).join("") });
    assert.equal(many.length, 11);
    assert.deepEqual([many[10]!.code, many[10]!.about, many[10]!.details], ["samples_more", "5", "further placeholders: 5"]);
    assert.deepEqual(await told({ plain_text: "Enter text JOIN. Give us your name, https://shop.de/?of=www.example.com", subject: "Your name is on the list" }), []);
  });

  it("names what looks like a merge tag and is none, wherever it stands", async () => {
    const found = (await items({ html: "<p>*&#124;FNAME&#124;* *|FN<b>AME</b>|*</p>", plain_text: "5 * 3 | 2 *| FNAME |*, LNAME|*",
      subject: "Hi *|FNAME", preview_text: "*|фу|*", from_name: "*|FNAME|* & us" })).filter((i) => i.code === "merge_tag");
    assert.deepEqual(found.map((i) => [i.details.split(",")[0], i.tag]), [["from name", "*|FNAME|*"],
      ["subject", "*|FNAME"], ["preview text", "*|фу|*"], ["HTML", "*&#124;FNAME&#124;*"], ["plain text", "LNAME|*"]]);
    assert.match(found[1]!.details, /stays as it is: \*\|FNAME/);
  });

  it("gives the tag as it stands there", async () => {
    const found = (await items({ html: "<p>x</p>\n<p>Dear *|FNAM|*</p>" })).filter((i) => i.code === "merge_tag");
    assert.deepEqual(found.map((i) => [i.tag, i.block]), [["*|FNAM|*", null]]);
    assert.match(found[0]!.details, /line 2/);
  });

  it("names the blocks of a design, and says nothing twice", async () => {
    const c = (await server.admin.post(`${v1}/campaigns`, { name: "D", subject: "s", from_name: "Us",
      from_email: "us@example.test" })).body;
    await server.admin.put(`${v1}/campaigns/${c.id}/design`, { design: { version: 1, blocks: [
      { id: "a", type: "text", html: "<p>Hi <a href='http://x.example/'>x</a></p>" },
      { id: "b", type: "image", src: "https://example.org/x.png" },
      { id: "c", type: "hologram" },
      { id: "d", type: "button", label: "Go" },
      { id: "e", type: "html", html: `<p>${"words ".repeat(20000)}</p><p>*|NOPE|*</p>` },
    ] } });
    const { body } = await server.admin.get(`${v1}/campaigns/${c.id}/checklist`);
    const wrong = body.items.filter((i: Json) => i.type !== "success" && i.code !== "recipients");
    assert.deepEqual(wrong.map((i: Json) => [i.block, i.code, i.type]).sort(), [
      ["a", "http_link", "warning"], ["b", "missing_alt", "warning"], ["c", "unknown_block", "warning"],
      ["d", "missing_href", "warning"], ["e", "merge_tag", "warning"], [null, "too_large", "warning"],
    ].sort());
    const about = (code: string): Json => wrong.find((i: Json) => i.code === code).about;
    assert.deepEqual(["http_link", "unknown_block", "merge_tag"].map(about), ["http://x.example/", "hologram", null]);
  });

  it("counts those of whom nobody noted that they agreed", async () => {
    const person = async (name: string): Promise<number> => (await server.admin.post(`${v1}/people`,
      { last_name: name, email: `${name}@consent.test`, tags: ["consent"] }, { status: 201 })).body.id;
    const [agreed, out] = [await person("agreed"), await person("out"), await person("open")];
    await server.admin.patch(`${v1}/people/${out}`, { opted_out: true });
    const group = (await server.admin.post(`${v1}/groups`, { name: "Consent", entity: "people", kind: "dynamic",
      criteria: { conditions: [{ field: "tag", op: "is", value: "consent" }] } }, { status: 201 })).body.id;
    const campaign = (await server.admin.post(`${v1}/campaigns`, { name: "Consent", group_id: group }, { status: 201 })).body.id;
    const said = async (): Promise<string | undefined> => (await server.admin.get(`${v1}/campaigns/${campaign}/checklist`))
      .body.items.find((one: Json) => one.code === "consent")?.details;
    assert.equal(await said(), "nobody noted that 2 of them agreed to mail");
    for (const opted_out of [true, false])
      await server.admin.patch(`${v1}/people/${agreed}`, { opted_out, reason: "by phone" });
    assert.equal(await said(), "nobody noted that 1 of them agreed to mail");
  });
});
