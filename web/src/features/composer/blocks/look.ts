/** The mail's own look, near enough to write in; how it really looks, the preview says. */
import type { CSSProperties } from 'react';
import type { Block, Style } from './tree.ts';

/** As src/design/style.c has them. */
const fonts = {
  sans: "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
  serif: "Georgia, 'Times New Roman', serif",
  mono: "ui-monospace, Menlo, Consolas, 'Courier New', monospace",
  humanist: "Optima, Candara, 'Noto Sans', sans-serif",
  classic: "'Iowan Old Style', 'Palatino Linotype', Palatino, serif",
  slab: "Rockwell, 'Rockwell Nova', 'Roboto Slab', serif",
  verdana: 'Verdana, Geneva, sans-serif',
  trebuchet: "'Trebuchet MS', Tahoma, sans-serif",
} as const;
export type Font = keyof typeof fonts;
export const fontNames = Object.keys(fonts) as Font[];

export const usual = {
  background: '#f4f4f5', card: '#ffffff', text: '#27272a', link: '#1d4ed8', accent: '#1d4ed8', font: 'sans', width: 600, radius: 8, spacing: 24,
} as const;

const COLOUR = /^#[0-9a-f]{6}$/i;

export function isColour(value: unknown): value is string {
  return typeof value === 'string' && COLOUR.test(value);
}

export interface Look {
  background: string;
  card: string;
  text: string;
  link: string;
  accent: string;
  font: Font;
  width: number;
  radius: number;
  spacing: number;
}

/** A style with all that it leaves out. */
export function lookOf(style: Style = {}): Look {
  const colour = (name: 'background' | 'card' | 'text' | 'link' | 'accent', otherwise: string) => (isColour(style[name]) ? style[name] : otherwise);
  const number = (name: 'width' | 'radius' | 'spacing') => (typeof style[name] === 'number' ? style[name] : usual[name]);
  const accent = colour('accent', usual.accent);
  return {
    background: colour('background', usual.background),
    card: colour('card', usual.card),
    text: colour('text', usual.text),
    accent,
    link: colour('link', accent),
    font: fontNames.find((name) => name === style.font) ?? 'sans',
    width: number('width'),
    radius: number('radius'),
    spacing: number('spacing'),
  };
}

export function cardStyle(look: Look): CSSProperties & Record<`--mail-${string}`, string> {
  return {
    background: look.card,
    color: look.text,
    fontFamily: fonts[look.font],
    maxWidth: look.width,
    borderRadius: look.radius,
    '--mail-link': look.link,
  };
}

/** Black or white, whatever is read better on it. */
export function readableOn(colour: string): string {
  const channel = (at: number) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return light > 0.179 ? '#000000' : '#ffffff';
}

function padding(block: Block): { top?: number; bottom?: number } {
  return typeof block.padding === 'object' && block.padding !== null ? block.padding : {};
}

export function blockStyle(block: Block, look: Look): CSSProperties {
  const { top = look.spacing / 2, bottom = look.spacing / 2 } = padding(block);
  const align = block.align === 'center' || block.align === 'end' ? block.align : undefined;
  return {
    paddingBlock: `${top}px ${bottom}px`,
    paddingInline: look.spacing,
    background: isColour(block.background) ? block.background : undefined,
    textAlign: align,
  };
}
