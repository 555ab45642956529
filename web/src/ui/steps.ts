/** A series of numbers as a picture: a step each, as wide as the others, in a field that is 100 high. */

export const HEIGHT = 100;
const TOPS = [1, 2, 4, 6, 10];

/** Where the scale ends: a round number, half of which is whole but of 1. */
export function topOf(most: number): number {
  let ten = 1;
  for (;;) {
    const top = TOPS.find((one) => one * ten >= most);
    if (top !== undefined) return top * ten;
    ten *= 10;
  }
}

/** The outline of the steps, from the floor back to it. */
export function outline(values: readonly number[], top: number): string {
  const heights = values.map((n) => Math.round(HEIGHT * 100 * (1 - n / top)) / 100);
  return `M0 ${HEIGHT}${heights.map((y, i) => `V${y}H${i + 1}`).join('')}V${HEIGHT}Z`;
}

/** Which steps are named below: the first, the last, and one between. */
export function namedSteps(n: number): number[] {
  return [...new Set([0, Math.floor((n - 1) / 2), n - 1])].filter((i) => i >= 0 && i < n);
}
