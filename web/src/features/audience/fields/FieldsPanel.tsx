/** What is known of each member beside the address: typed fields, in the order in which forms ask for them. */
import { ActionIcon, Button, Code, Group, Menu, Skeleton, Stack, Text } from '@mantine/core';
import { IconDots, IconForms, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { useFieldLabel } from '../../people/fields.ts';
import { fieldsQuery } from '../../people/queries.ts';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { MoveButtons } from '../interests/MoveButtons.tsx';
import { useMoveFocus } from '../interests/useMoveFocus.ts';
import { DeleteField } from './DeleteField.tsx';
import { FieldDialog } from './FieldDialog.tsx';
import { fieldName } from './fieldName.ts';
import { mergeFieldsQuery, useFilled, useMoveField, type MergeField } from './queries.ts';
import { hasChoices } from './values.ts';

interface Props {
  listId: string;
  isMaster: boolean;
}

/** What a field of people is called, of those that fill others. */
function usePersonField(isWanted: boolean): (name: string) => string {
  const { t } = useTranslation();
  const labelOf = useFieldLabel();
  const fields = useQuery({ ...fieldsQuery, enabled: isWanted }).data ?? [];
  return (name) => {
    if (name === 'company') return t('people.field.company_name');
    if (name === 'address') return t('fields.types.address');
    const known = fields.find((field) => field.name === name);
    if (known) return labelOf(known);
    const own = name.replace(/^custom\./, '');
    return labelOf({ name: own, label: own, custom: own !== name });
  };
}

export function FieldsPanel({ listId, isMaster }: Props) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const found = useQuery(mergeFieldsQuery(listId));
  const filled = useFilled(isMaster);
  const personField = usePersonField(isMaster);
  const move = useMoveField(listId);
  const [isAdding, setAdding] = useState(false);
  const all = [...(found.data ?? [])].sort((a, b) => a.display_order - b.display_order || a.merge_id - b.merge_id);
  const onMove = useMoveFocus((id, by) => move.mutateAsync({ all, id, by }));
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={240} />;
  const add = mayChange && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>{t('fields.new')}</Button>;
  const dialog = isAdding && <FieldDialog listId={listId} field={null} onClose={() => setAdding(false)} />;
  const filledBy = ({ tag }: MergeField) => {
    const name = filled.get(tag);
    return name === undefined ? undefined : personField(name);
  };
  if (all.length === 0)
    return (
      <>
        <EmptyState icon={<IconForms size={24} aria-hidden />} title={t('fields.none')} about={t('fields.about')} action={add} />
        {dialog}
      </>
    );
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>{t('fields.about')}</Text>
        {add}
      </Group>
      <AudienceProblem error={move.error} title={t('audience.notMoved')} />
      <FactTable
        label={t('audience.tab.fields')}
        minWidth={720}
        rows={all}
        keyOf={({ merge_id }) => merge_id}
        columns={[
          { name: 'name', label: t('fields.name'), cell: (one) => <Name name={fieldName(t, one)} filledBy={filledBy(one)} /> },
          { name: 'tag', label: t('fields.tag'), cell: ({ tag }) => <Code dir="ltr">{`*|${tag}|*`}</Code> },
          { name: 'type', label: t('fields.type'), cell: (one) => <Type field={one} /> },
          { name: 'asked', label: t('fields.asked'), isNamed: true, cell: (one) => t(`fields.askedHow.${!one.public ? 'hidden' : one.required ? 'required' : 'optional'}`) },
          { name: 'default', label: t('fields.default'), isNamed: true, cell: ({ default_value }) => default_value && <bdi>{default_value}</bdi> },
        ]}
        acts={mayChange ? {
          label: t('audience.acts'),
          of: (one) => (
            <Group gap={0} wrap="nowrap" justify="flex-end">
              <MoveButtons id={String(one.merge_id)} name={fieldName(t, one)} isFirst={one === all[0]} isLast={one === all.at(-1)} onMove={onMove} />
              <FieldActs listId={listId} field={one} name={fieldName(t, one)} filledBy={filledBy(one)} />
            </Group>
          ),
        } : undefined}
      />
      {dialog}
    </Stack>
  );
}

function Name({ name, filledBy }: { name: string; filledBy?: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Text span size="sm" dir="auto">{name}</Text>
      {filledBy && <Text size="xs" c="dimmed">{t('fields.filledBy', { name: filledBy })}</Text>}
    </>
  );
}

function Type({ field: { type, options } }: { field: MergeField }) {
  const { t } = useTranslation();
  const choices = options?.choices ?? [];
  return (
    <>
      {t(`fields.types.${type}`)}
      {hasChoices(type) && choices.length > 0 && <Text size="xs" c="dimmed" dir="auto" lineClamp={2}>{choices.join(' · ')}</Text>}
    </>
  );
}

function FieldActs({ listId, field, name, filledBy }: { listId: string; field: MergeField; name: string; filledBy?: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('audience.actsOf', { name })}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('edit')}>{t('fields.edit')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>{t('audience.delete')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'edit' && <FieldDialog listId={listId} field={field} onClose={close} />}
      {open === 'delete' && <DeleteField listId={listId} field={field} name={name} filledBy={filledBy} onClose={close} />}
    </>
  );
}
