import { expect, test } from 'vitest';
import { statusColors } from '../campaigns/acts.ts';
import { stateColors } from '../pushes/states.ts';
import { mailColors } from './mailColors.ts';

const red = (colors: Record<string, string>) => Object.keys(colors).filter((state) => colors[state]!.startsWith('red')).sort();

test('red is only what bars mail or failed', () => {
  expect(red(mailColors)).toEqual(['held', 'opted_out', 'refused', 'shared_opt_out', 'unsubscribed']);
  expect(mailColors.agreed).toMatch(/^green/);
  expect(red(statusColors)).toEqual([]); // somebody stopped it on purpose
  expect(red(stateColors)).toEqual(['failed']);
});
