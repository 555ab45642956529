/** What the audience says of an address that no campaign reaches: of a status of mail, or of the kinds of its obstacles. */
const said = {
  unsubscribed: 'unsubscribed',
  pending: 'pending',
  cleaned: 'refused',
  archived: 'refused',
  forgotten: 'refused',
  refused: 'refused',
} as const;

export type AudienceSays = (typeof said)[keyof typeof said];

export function saysOf(words: readonly string[]): AudienceSays | undefined {
  const word = words.find((one) => one in said);
  return word === undefined ? undefined : said[word as keyof typeof said];
}
