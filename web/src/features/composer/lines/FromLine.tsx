/** Who it is from: a name, and an address that may be answered. */
import { Stack, TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../api/problem.ts';
import { Line, type LineProps } from './Line.tsx';

export function FromLine({ values, change, problem, ...line }: LineProps & { problem: Problem | null }) {
  const { t } = useTranslation();
  const { from_name, from_email } = values;
  return (
    <Line
      {...line}
      title={t('composer.step.from')}
      edit={from_email ? t('composer.change') : t('composer.from.choose')}
      summary={from_email ? <bdi>{`${from_name} <${from_email}>`.trim()}</bdi> : t('composer.from.none')}
    >
      <Stack gap="sm" maw={420}>
        <TextInput
          label={t('composer.field.from_name')}
          description={t('composer.from.nameAbout')}
          dir="auto"
          value={from_name}
          error={problem?.of('from_name')}
          onChange={(event) => change({ from_name: event.currentTarget.value })}
        />
        <WholeInput
          label={t('composer.field.from_email')}
          description={t('composer.from.emailAbout')}
          type="email"
          value={from_email}
          error={problem?.of('from_email')}
          onDone={(next) => change({ from_email: next })}
        />
        <WholeInput
          label={t('composer.field.reply_to')}
          description={t('composer.from.replyAbout')}
          type="email"
          value={values.reply_to}
          error={problem?.of('reply_to')}
          onDone={(next) => change({ reply_to: next })}
        />
      </Stack>
    </Line>
  );
}

/** Half an address is none: it counts when it is left. Until then it stays, whatever others write. */
function WholeInput({ value, description, onDone, ...rest }: Omit<TextInputProps, 'value'> & { value: string; onDone: (value: string) => void }) {
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
