/** Words of the API that stand on a screen: each that the server can answer has a text, in each language. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { de } from './de/index.ts';
import { en } from './en/index.ts';

const source = (path: string) => readFileSync(new URL(`../../../src/${path}`, import.meta.url), 'utf8');

/** What the first group of a pattern catches in a part of a C source. */
function words(path: string, pattern: RegExp, part = /[\s\S]*/): string[] {
  const found = [...part.exec(source(path))![0].matchAll(pattern)].map(([, word]) => word!);
  expect(found.length, path).toBeGreaterThan(1);
  return found;
}

const NAMES = /\[[A-Z_]+\] = "(\w+)"/g;
const DEFINED = /#define [A-Z_]+ "(\w+)"/g;
const troubleOfOurs = words('delivery/trouble.c', NAMES, /TROUBLE_RELAY\][\s\S]*?\};/);

test.each([['en', en], ['de', de]] as const)('%s', (_, { pushes, person, people, campaigns, imports, report }) => {
  const expected: [object, string[]][] = [
    [pushes.leftOut, words('crm/left_out.h', /word\([A-Z_]+, "(\w+)"\)/g)],
    [person.source, words('crm/consent/consent.c', NAMES, /sources\[\] = \{[\s\S]*?\};/)],
    [person.held, [...words('crm/address.c', /return "(\w+)";/g, /address_held_name[\s\S]*?\n\}/), 'unclear_opt_out']],
    [people.mailStatus, words('crm/consent/mail_status.c', NAMES)],
    [people.state, words('crm/consent/mail_status.c', NAMES)],
    [campaigns.hold, [...troubleOfOurs, 'disk', ...words('crm/campaign/send_job.h', DEFINED), ...words('delivery/send/hold.c', /#define PAUSED_[A-Z]+ "(\w+)"/g)]],
    [report.csv, words('crm/campaign/recipient_csv.c', /\t"(\w+)",/g, /header\[\][\s\S]*?\};/)],
    [people.exportField, words('crm/export.c', /"(\w+)"/g, /beside_address\[\][\s\S]*?beside_opt_out[\s\S]*?\};/)],
    [imports.reason, words('crm/import/read/import_row.c', /import_refuse\(\s*row,\s*"(\w+)"/g)],
  ];
  for (const [messages, all] of expected) for (const word of all) expect(messages, word).toHaveProperty(word);
});
