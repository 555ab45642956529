/** For what meets very many: their number is typed to confirm. */
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../app/format.ts';

export const TYPED_ABOVE = 10_000;

/** Typed with or without what divides thousands. */
export function isTypedRight(typed: string, count: number): boolean {
  return typed.replace(/\D/g, '') === String(count);
}

interface Props {
  count: number;
  typed: string;
  onType: (typed: string) => void;
}

export function TypedNumber({ count, typed, onType }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <TextInput
      label={t('ui.typeNumber', { n: format.number(count) })}
      inputMode="numeric"
      autoComplete="off"
      value={typed}
      onChange={(event) => onType(event.currentTarget.value)}
    />
  );
}
