import { expect, test } from 'vitest';
import { Problem } from '../../../api/problem.ts';
import { sayOfName } from './names.ts';

test('what is said of the name stands at the name', () => {
  expect(sayOfName(new Problem(400, 'Wrong', [{ field: 'name', message: 'Blank' }]), 'name')).toBe('Blank');
  expect(sayOfName(new Problem(400, 'There is one'), 'name')).toBe('There is one');
});

test('what is said of something else does not', () => {
  expect(sayOfName(new Problem(400, 'Wrong', [{ field: 'type', message: 'None' }]), 'title')).toBeUndefined();
  expect(sayOfName(new Problem(404, 'Gone'), 'name')).toBeUndefined();
  expect(sayOfName(null, 'name')).toBeUndefined();
});
