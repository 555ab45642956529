/** The subject and the words after it, as an inbox shows them. */
import { Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LanguageSelect } from '../../../ui/LanguageSelect.tsx';
import { WhoseItIs } from '../WhoseItIs.tsx';
import { TaggedWords } from '../TagChip.tsx';
import { useEnvelope } from '../queries.ts';
import { PREVIEW_GOOD, SUBJECT_GOOD } from '../values.ts';
import { Line, type LineProps } from './Line.tsx';
import { TaggedInput } from './TaggedInput.tsx';

export function SubjectLine({ id, values, change, ...line }: LineProps & { id: number }) {
  const { t } = useTranslation();
  const { subject, preview_text } = values;
  return (
    <Line
      {...line}
      title={t('composer.step.subject')}
      edit={subject ? t('composer.change') : t('composer.subject.write')}
      summary={subject ? <><TaggedWords text={subject} />{preview_text && <> – <TaggedWords text={preview_text} /></>}</> : t('composer.subject.none')}
    >
      <Stack gap="sm">
        <TaggedInput label={t('composer.field.subject')} good={SUBJECT_GOOD} value={subject} onChange={(next) => change({ subject: next })} />
        <TaggedInput
          label={t('composer.field.preview_text')}
          about={t('composer.subject.previewAbout')}
          good={PREVIEW_GOOD}
          value={preview_text}
          onChange={(next) => change({ preview_text: next })}
        />
        <LanguageFields values={values} change={change} />
        <Inbox id={id} />
      </Stack>
    </Line>
  );
}

/** For programs that read aloud or translate, and for the side on which lines begin. */
function LanguageFields({ values, change }: Pick<LineProps, 'values' | 'change'>) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" align="flex-start">
      <LanguageSelect label={t('composer.field.language')} none={t('composer.subject.noLanguage')} value={values.language} onChange={(language) => change({ language })} />
      <Select
        label={t('composer.field.direction')} allowDeselect={false} comboboxProps={{ withinPortal: false }}
        data={(['auto', 'ltr', 'rtl'] as const).map((value) => ({ value, label: t(`composer.subject.directions.${value}`) }))}
        value={values.direction} onChange={(next) => next && change({ direction: next as typeof values.direction })}
      />
    </Group>
  );
}

function Inbox({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data } = useEnvelope(id, null);
  if (!data?.subject) return null;
  return (
    <Stack gap={4}>
      <Text size="xs" c="dimmed">{t('composer.subject.inbox')}</Text>
      <Paper p="sm" maw={480}>
        <Text size="sm" fw={600} truncate dir="auto">{data.from_name || data.from_email}</Text>
        <Text size="sm" truncate dir="auto">{data.subject}</Text>
        <Text size="sm" c="dimmed" truncate dir="auto">{data.preview_text}</Text>
      </Paper>
      <WhoseItIs envelope={data} />
    </Stack>
  );
}
