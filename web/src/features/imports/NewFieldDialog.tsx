/** A column that has no field gets one of its own, of the kind that its values look like. */
import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { keyOf, type Entity } from './choices.ts';
import { useNewField, type Kind, type Look } from './queries.ts';

const kinds: Kind[] = ['text', 'number', 'date', 'boolean'];

interface Props {
  column: Look['columns'][number];
  entity: Entity;
  onMade: (field: string) => void;
  onClose: () => void;
}

export function NewFieldDialog({ column, entity, onMade, onClose }: Props) {
  const { t } = useTranslation();
  const [label, setLabel] = useState(column.column);
  const [kind, setKind] = useState<Kind>(column.kind);
  const make = useNewField();
  const submit = () =>
    make.mutate({ entity, key: keyOf(label), label: label.trim(), type: kind }, { onSuccess: (field) => onMade(`custom.${field.key}`) });
  return (
    <Modal opened onClose={onClose} title={t('imports.newFieldTitle')} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack>
          <Text size="sm">{t('imports.newFieldAbout')}</Text>
          <ProblemAlert error={make.error} />
          <TextInput label={t('imports.newFieldName')} value={label} onChange={(event) => setLabel(event.currentTarget.value)} required data-autofocus dir="auto" />
          <Select
            label={t('imports.newFieldKind')}
            description={t(`imports.kindAbout.${kind}`)}
            allowDeselect={false}
            value={kind}
            onChange={(value) => value && setKind(value as Kind)}
            data={kinds.map((value) => ({ value, label: t(`imports.kind.${value}`) }))}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" loading={make.isPending}>{t('imports.newFieldMake')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
