/** An address, which counts when it is whole. */
import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Half an address is none: it counts when it is left. Until then it stays, whatever others write. */
export function WholeInput({ value, description, onDone, ...rest }: Omit<TextInputProps, 'value'> & { value: string; onDone: (value: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  const [others, setOthers] = useState<string | null>(null);
  if (seen !== value) {
    setSeen(value);
    if (typed === seen) setTyped(value);
    else if (typed.trim() !== value) setOthers(value);
  }
  const done = () => {
    setOthers(null);
    if (typed.trim() !== value) onDone(typed.trim());
  };
  return (
    <TextInput
      {...rest}
      description={others === null ? description : t('composer.from.others', { address: others })}
      dir="ltr"
      autoComplete="off"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => event.key === 'Enter' && done()}
    />
  );
}
