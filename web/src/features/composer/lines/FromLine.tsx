/** Who it is from: a name, and an address that may be answered. */
import { Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../api/problem.ts';
import { Line, type LineProps } from './Line.tsx';
import { WholeInput } from './WholeInput.tsx';

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
