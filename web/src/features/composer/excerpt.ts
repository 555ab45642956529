/** A long text where it differs from another one: what is asked about has to be seen. */
const BEFORE = 40;
const MOST = 240;

export function excerpt(text: string, other: string): string {
  if (text.length <= MOST) return text;
  let same = 0;
  while (same < text.length && text[same] === other[same]) same++;
  const from = same <= BEFORE ? 0 : Math.max(0, text.lastIndexOf(' ', same - BEFORE) + 1);
  const end = Math.min(text.length, from + MOST);
  return `${from > 0 ? '… ' : ''}${text.slice(from, end)}${end < text.length ? ' …' : ''}`;
}
