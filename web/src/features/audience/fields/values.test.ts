import { expect, test } from 'vitest';
import type { MergeField } from './queries.ts';
import { bodyOf, choicesIn, valuesOf } from './values.ts';

const field = {
  merge_id: 5, tag: 'SIZE', name: 'Size', type: 'dropdown', required: false, public: true, default_value: '', help_text: '', display_order: 2,
  options: { choices: ['Small', 'Big'] },
} as unknown as MergeField;

test('a new field is sent whole, but for a tag that nobody gave', () => {
  expect(bodyOf({ ...valuesOf(null), name: ' Team ' }, null))
    .toEqual({ name: 'Team', type: 'text', required: false, public: true, default_value: '', help_text: '' });
  expect(bodyOf({ ...valuesOf(null), name: 'Team', tag: 'team', type: 'radio', choices: 'A\n\n B \nA' }, null))
    .toMatchObject({ tag: 'TEAM', type: 'radio', options: { choices: ['A', 'B'] } });
});

test('of a field only what was changed is sent', () => {
  expect(bodyOf(valuesOf(field), field)).toEqual({});
  expect(bodyOf({ ...valuesOf(field), tag: 'size', required: true }, field)).toEqual({ required: true });
  expect(bodyOf({ ...valuesOf(field), choices: 'Small\nBig\nHuge' }, field)).toEqual({ options: { choices: ['Small', 'Big', 'Huge'] } });
  expect(choicesIn(' \n')).toEqual([]);
});
