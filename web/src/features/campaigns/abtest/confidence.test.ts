import { expect, test } from 'vitest';
import { shownPercent } from './useAbReportWords.ts';

test.each([[95, 95], [97.8, 97], [99.49, 99], [99.5, 99.5], [99.98, 99.9], [100, 99.9]])('%d per cent is told as %d', (percent, shown) => {
  expect(shownPercent(percent)).toBe(shown);
});
