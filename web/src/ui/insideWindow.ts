/** Lists of choices in a popover: they open where there is room, and are no longer than that; the rest is scrolled to. */
import type { ComboboxProps } from '@mantine/core';

const EDGE = 8; // px between a list and the window's edge
const MOST = 240;

export const insideWindow: ComboboxProps = {
  withinPortal: false,
  position: 'bottom-start',
  middlewares: {
    flip: { padding: EDGE },
    shift: { padding: EDGE },
    size: {
      padding: EDGE,
      apply: ({ availableHeight, elements }) => elements.floating.style.setProperty('--room', `${Math.floor(availableHeight)}px`),
    },
  },
};

/** Of the list itself, which scrolls without a stop of its own for the keyboard: withScrollArea={false}. */
export const roomForOptions = { options: { maxHeight: `min(${MOST}px, calc(var(--room, ${MOST}px) - 12px))`, overflowY: 'auto' as const } };
