/** What a mail can say of whoever reads it, and how such a tag is written. */

/** Of every audience. Those that are addresses stand behind words. */
export const commonTags = ['LIST:COMPANY', 'LIST:ADDRESS', 'MC:DATE', 'CURRENT_YEAR'] as const;
/** Stands in footers, and is not offered. */
export const ADDRESS_LINE = 'LIST:ADDRESSLINE';
/** Of every reader: it is always known. */
export const ADDRESS_TAG = 'EMAIL';
export const linkTags = ['UNSUB', 'UPDATE_PROFILE', 'ARCHIVE', 'FORWARD'] as const;
/** Fields that an audience has by itself, by the names that the program gives them: these are said in the reader's language. */
export const ownFields = {
  FNAME: 'First Name',
  LNAME: 'Last Name',
  ADDRESS: 'Address',
  PHONE: 'Phone Number',
  TITLE: 'Title',
  CITY: 'City',
  BIRTHDAY: 'Birthday',
  COMPANY: 'Company',
} as const;
export type OwnField = keyof typeof ownFields;

/** false: somebody has called it otherwise. */
export function isOwnField({ tag, name }: { tag: string; name: string | null }): boolean {
  return tag in ownFields && (!name || name === ownFields[tag as OwnField]);
}

export type LinkTag = (typeof linkTags)[number];

const TAG = /\*\|IF:([^|]+)\|\*\*\|\1\|\*\*\|ELSE:\|\*(.*?)\*\|END:IF\|\*|\*\|([^|]+)\|\*/gu;

/** Of whoever reads it, and perhaps not known. */
export function isFieldTag(tag: string): boolean {
  return tag !== ADDRESS_TAG && tag !== ADDRESS_LINE && !isLinkTag(tag) && !(commonTags as readonly string[]).includes(tag);
}

export function isLinkTag(tag: string): tag is LinkTag {
  return (linkTags as readonly string[]).includes(tag);
}

/** @param fallback is said where there is nothing; it is words: what begins or ends a tag in it would end this one */
export function tagText(tag: string, fallback = ''): string {
  const plain = `*|${tag}|*`;
  const words = fallback.replace(/\*\||\|\*/g, ' ').replace(/\s+/g, ' ').trim();
  return words ? `*|IF:${tag}|*${plain}*|ELSE:|*${words}*|END:IF|*` : plain;
}

const escaped = (words: string) => words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** "FORWARD" of "*|FORWARD|*": a text that is an address, and nothing else. */
export function linkTagIn(text: string): LinkTag | undefined {
  return linkTags.find((tag) => tagText(tag) === text.trim());
}

/** What is said instead, wherever the tag stands without it. */
export function withFallback(text: string, tag: string, fallback: string): string {
  return text.replace(TAG, (all: string, _guarded, _instead, alone: string | undefined) => (alone === tag ? tagText(tag, fallback) : all));
}

/** The same in HTML, among its words: an address would be another one. */
export function withFallbackInHtml(html: string, tag: string, fallback: string): string {
  return html.split(/(<[^>]*>)/).map((part) => (part.startsWith('<') ? part : withFallback(part, tag, escaped(fallback)))).join('');
}

const ADDRESSES = ['href', 'src'];

/** The same in whatever a design is made of. */
export function withFallbackInDesign<T>(design: T, tag: string, fallback: string): T {
  const within = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return ADDRESSES.includes(name) ? value : name === 'html' ? withFallbackInHtml(value, tag, fallback) : withFallback(value, tag, fallback);
    if (Array.isArray(value)) return value.map((one) => within(one, name));
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, within(one, key)]));
    return value;
  };
  return within(design, '') as T;
}

/** As it stands in HTML: words are text, and an address leads there. */
export function tagHtml(text: string, link?: string): string {
  return link === undefined ? escaped(text) : `<a href="${text}">${escaped(link)}</a>`;
}

/** What stands in a field once a text is put where the caret is, which goes behind it. */
export function insertInto(input: HTMLInputElement | HTMLTextAreaElement, text: string): string {
  const { value } = input;
  const start = input.selectionStart ?? value.length;
  const end = input.selectionEnd ?? start;
  setTimeout(() => {
    input.focus();
    input.setSelectionRange(start + text.length, start + text.length);
  });
  return value.slice(0, start) + text + value.slice(end);
}

/** As somebody reads it who knows no tags: the name of what is put in, and what is said instead. */
export function readable(text: string, nameOf: (tag: string) => string): string {
  return text.replace(TAG, (_, tag: string | undefined, instead: string | undefined, alone: string | undefined) =>
    tag === undefined ? `[${nameOf(alone ?? '')}]` : `[${nameOf(tag)} / ${instead ?? ''}]`);
}

const USUAL_LETTERS = 8;

/** About so many letters are read: of a tag what is said instead, or as many as a name has. */
export function lengthRead(text: string): number {
  return [...text.replace(TAG, (_, tag: string | undefined, instead: string | undefined) => (tag === undefined ? 'x'.repeat(USUAL_LETTERS) : instead ?? ''))].length;
}

export interface TagPart {
  from: number;
  to: number;
  /** What is read there; '': it only decides what is. */
  tag: string;
}

const PART = /\*\|ELSE:\|\*.*?\*\|END:IF\|\*|\*\|([^|*]+)\|\*/gu;
const DECIDES = /^(?:IF|IFNOT|ELSEIF|ELSE|END):/u;

/** Where tags stand in a text: of a choice what is said if something is known, and what is said otherwise goes with the tags that choose. */
export function tagParts(text: string): TagPart[] {
  return [...text.matchAll(PART)].map(([all, tag = ''], i, found) => ({
    from: found[i]!.index, to: found[i]!.index + all.length, tag: DECIDES.test(tag) ? '' : tag,
  }));
}

/** The text with names in place of its tags. */
export function inNames(text: string, nameOf: (tag: string) => string): string {
  return tagParts(text).reduceRight((all, { from, to, tag }) => all.slice(0, from) + (tag && `[${nameOf(tag)}]`) + all.slice(to), text);
}

export interface WholeTag {
  /** As it stands in the text. */
  code: string;
  tag: string;
  /** '': nothing is said instead. */
  fallback: string;
}

/** A text in pieces: words, and tags with what is said instead. What only decides what is read stays words. */
export function tagPieces(text: string): (string | WholeTag)[] {
  const found: (string | WholeTag)[] = [];
  let end = 0;
  for (const match of text.matchAll(TAG)) {
    const [code, guarded, fallback = '', alone = ''] = match;
    const tag = guarded ?? alone;
    const isHeldOpen = guarded === undefined && text.slice(0, match.index).endsWith(`*|IF:${tag}|*`); // its END:IF is still to come
    if (DECIDES.test(`${tag}:`) || DECIDES.test(tag) || isHeldOpen) continue;
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push({ code, tag, fallback });
    end = match.index + code.length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}

const unescaped = (html: string) => html.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&nbsp;/g, '\u00a0').replace(/&amp;/g, '&');

/** HTML for the editor of texts, to which a tag is one thing, and back. */
export function withTagNodes(html: string): string {
  return html.split(/(<[^>]*>)/).map((part) => (part.startsWith('<') ? part : tagPieces(part)
    .map((piece) => (typeof piece === 'string' ? piece : `<span data-tag="${piece.code.replace(/"/g, '&quot;')}"></span>`)).join(''))).join('');
}

export function withoutTagNodes(html: string): string {
  return html.replace(/<span data-tag="([^"]*)"><\/span>/g, (_, code: string) => escaped(unescaped(code)));
}
