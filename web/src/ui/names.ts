/** Names are told apart without regard to case, as the server does; of two that differ in it alone, the one that was typed. */
export function namedAs<T extends { name: string }>(known: readonly T[], typed: string): T | undefined {
  const name = typed.trim();
  return known.find((one) => one.name === name) ?? known.find((one) => fold(one.name) === fold(name));
}

const fold = (name: string) => name.normalize('NFC').toUpperCase().toLowerCase();
