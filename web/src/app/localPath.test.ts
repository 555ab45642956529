import { expect, test } from 'vitest';
import { localPath } from './localPath.ts';

test('only paths of this server are followed', () => {
  for (const to of ['/outbox?cursor=7', '/people/1#notes', '/', '/a//b', '/people?filter=%7B%22a%22%3A1%7D']) expect(localPath(to)).toBe(to);
  const others = [
    '', '//evil.example', '/\\evil.example', '\\\\evil.example', 'https://evil.example/', 'evil.example', 'javascript:alert(1)',
    '/\t/evil.example', '/\n/evil.example', '/x\r\nSet-Cookie: a=b', '/ü', ' /evil', 7, undefined, null, ['/a'],
  ];
  for (const to of others) expect(localPath(to), String(to)).toBe(undefined);
});
