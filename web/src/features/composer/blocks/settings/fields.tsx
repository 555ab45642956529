/** What the settings of blocks and of the whole mail are made of. */
import { ColorInput, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isColour } from '../look.ts';

interface ColourProps {
  label: string;
  value: unknown;
  /** What counts if none is given. */
  usual?: string;
  onChange: (colour: string | undefined) => void;
}

/** Empty: as the mail has it. */
export function Colour({ label, value, usual, onChange }: ColourProps) {
  const { t } = useTranslation();
  const given = isColour(value) ? value : '';
  const [typed, setTyped] = useState(given);
  const [seen, setSeen] = useState(given);
  if (seen !== given) {
    setSeen(given);
    setTyped(given);
  }
  const take = (next: string) => {
    setTyped(next);
    if (next === '') onChange(undefined);
    else if (isColour(next) && next !== given) onChange(next.toLowerCase());
  };
  return (
    <ColorInput
      size="xs"
      label={label}
      placeholder={usual ?? t('composer.style.none')}
      withEyeDropper={false}
      fixOnBlur={false}
      popoverProps={{ withinPortal: true }}
      value={typed}
      onChange={take}
    />
  );
}

interface NumberProps {
  label: string;
  value: number;
  min: number;
  max: number;
  suffix?: string;
  onChange: (value: number) => void;
}

export function Amount({ label, value, min, max, suffix, onChange }: NumberProps) {
  return (
    <NumberInput
      size="xs"
      label={label}
      min={min}
      max={max}
      clampBehavior="blur"
      allowDecimal={false}
      suffix={suffix}
      hideControls
      value={value}
      onChange={(next) => typeof next === 'number' && next >= min && next <= max && onChange(next)}
    />
  );
}
