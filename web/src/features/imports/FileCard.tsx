/** The file, and how it is read: what was found out can be corrected. */
import { Button, Group, Paper, Select, SimpleGrid, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import type { Choices, Entity } from './choices.ts';
import type { Look } from './queries.ts';

const encodings = ['utf-8', 'utf-16le', 'windows-1250', 'windows-1251', 'windows-1252', 'windows-1253', 'windows-1254',
  'windows-1255', 'windows-1256', 'windows-1257', 'iso-8859-15', 'koi8-r', 'ibm850', 'macintosh'];

interface Props {
  file: File;
  look: Look | undefined;
  choices: Choices;
  onChange: (choices: Choices) => void;
  onOther: () => void;
}

export function FileCard({ file, look, choices, onChange, onOther }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const known = choices.encoding ?? look?.encoding ?? null; // null: the server asks
  return (
    <Paper>
      <Group justify="space-between" mb="sm">
        <Group gap="xs">
          <IconFileSpreadsheet size={20} aria-hidden />
          <Text fw={600} dir="auto">{file.name}</Text>
          <Text size="sm" c="dimmed">{t('imports.size', { size: format.number(Math.ceil(file.size / 1024)) })}</Text>
        </Group>
        <Button variant="subtle" size="compact-sm" onClick={onOther}>{t('imports.otherFile')}</Button>
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
        <Select
          label={t('imports.rowsAre')}
          allowDeselect={false}
          value={choices.entity}
          onChange={(value) => value && onChange({ ...choices, entity: value as Entity, mapping: {}, taken: {}, consent: {}, values: {} })}
          data={(['people', 'leads', 'companies'] as const).map((value) => ({ value, label: t(`imports.entity.${value}`) }))}
        />
        <Select
          label={t('imports.firstRow')}
          allowDeselect={false}
          value={String(look?.has_header ?? true)}
          onChange={(value) => value && onChange({ ...choices, header: value as 'true' | 'false', mapping: {}, taken: {}, consent: {}, values: {} })}
          data={[{ value: 'true', label: t('imports.isHeader') }, { value: 'false', label: t('imports.isData') }]}
        />
        <Select
          label={t('imports.delimiter')}
          allowDeselect={false}
          value={look?.delimiter ?? ','}
          onChange={(value) => value && onChange({ ...choices, delimiter: value })}
          data={[
            { value: ',', label: t('imports.comma') }, { value: ';', label: t('imports.semicolon') },
            { value: '\t', label: t('imports.tab') }, { value: '|', label: t('imports.bar') },
          ]}
        />
        <Select
          label={t('imports.encoding')}
          allowDeselect={false}
          value={known}
          onChange={(value) => value && onChange({ ...choices, encoding: value })}
          data={!known || encodings.includes(known) ? encodings : [known, ...encodings]}
        />
      </SimpleGrid>
    </Paper>
  );
}
