import { expect, test } from 'vitest';
import { groupOfTag, tagCriteria } from './tagGroup.ts';

const group = (id: number, criteria: unknown, kind = 'dynamic') => ({ id, kind, criteria }) as unknown as Parameters<typeof groupOfTag>[0][number];

test('the group of a tag is the one that asks for nothing else, and keeps up', () => {
  const vip = tagCriteria('VIP');
  const groups = [
    group(1, { match: 'all', conditions: [...vip.conditions, { field: 'city', op: 'is', value: 'Bern' }] }),
    group(2, vip, 'static'),
    group(3, tagCriteria('vip too')),
    group(4, null),
    group(5, { conditions: [{ value: 'VIP', op: 'is', field: 'tag' }], match: 'all' }),
  ];
  expect(groupOfTag(groups, 'VIP')?.id).toBe(5);
  expect(groupOfTag(groups, 'press')).toBeUndefined();
});
