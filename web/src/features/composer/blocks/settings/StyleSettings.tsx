/** The look of the whole mail. */
import { Select, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fontNames, lookOf, usual } from '../look.ts';
import type { Style } from '../tree.ts';
import { Amount, Colour } from './fields.tsx';

const colours = ['background', 'card', 'text', 'accent', 'link'] as const;

export function StyleSettings({ style, onChange }: { style: Style; onChange: (change: Style) => void }) {
  const { t } = useTranslation();
  const look = lookOf(style);
  return (
    <Stack gap="sm">
      {colours.map((name) => (
        <Colour key={name} label={t(`composer.style.${name}`)} value={style[name]} usual={name === 'link' ? look.link : usual[name]} onChange={(colour) => onChange({ [name]: colour })} />
      ))}
      <Select
        size="xs" label={t('composer.style.font')} allowDeselect={false} data={fontNames.map((value) => ({ value, label: t(`composer.style.fonts.${value}`) }))}
        value={look.font} onChange={(font) => font && onChange({ font })}
      />
      <Amount label={t('composer.style.width')} min={480} max={720} suffix=" px" value={look.width} onChange={(width) => onChange({ width })} />
      <Amount label={t('composer.style.radius')} min={0} max={24} suffix=" px" value={look.radius} onChange={(radius) => onChange({ radius })} />
      <Amount label={t('composer.style.spacing')} min={8} max={48} suffix=" px" value={look.spacing} onChange={(spacing) => onChange({ spacing })} />
    </Stack>
  );
}
