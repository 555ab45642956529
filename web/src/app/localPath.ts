/** Where somebody goes after signing in. */

const BASE = 'https://here.invalid';

/** A path of this server as a browser would read it; never another site. Else undefined. */
export function localPath(to: unknown): string | undefined {
  if (typeof to !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(to)) return undefined;
  return new URL(to, BASE).origin === BASE ? to : undefined;
}
