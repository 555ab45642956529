/** What mails begin with: HTML that was brought along, and designs of the editor. */
import { Button, Group, Skeleton, Text, UnstyledButton } from '@mantine/core';
import { IconFileCode, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { ListSearch } from '../../../ui/DataTable/ListSearch.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { findTemplates } from './find.ts';
import { foldersQuery, templatesQuery, type Template } from './queries.ts';
import { TemplateActs } from './TemplateActs.tsx';
import { TemplateDialog } from './TemplateDialog.tsx';
import { TemplateLook } from './TemplateLook.tsx';

const SHOWN = 50;

interface Props {
  q: string;
  onSearch: (q: string) => void;
}

export function TemplatesPanel({ q, onSearch }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayChange = may(useMe(), 'market');
  const found = useQuery(templatesQuery);
  const folders = useQuery(foldersQuery).data ?? [];
  const [most, setMost] = useState(SHOWN);
  const [isAdding, setAdding] = useState(false);
  const [looked, setLooked] = useState<Template | null>(null);
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={240} />;
  const folderOf = (id: string) => folders.find((folder) => folder.id === id)?.name ?? '';
  const fitting = findTemplates(found.data, q, folderOf);
  const count = fitting.length;
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>{t('audience.newTemplate')}</Button>
  );
  const dialogs = (
    <>
      {isAdding && <TemplateDialog template={null} folders={folders} onClose={() => setAdding(false)} />}
      {looked && <TemplateLook template={looked} onClose={() => setLooked(null)} />}
    </>
  );
  if (found.data.length === 0)
    return (
      <>
        <EmptyState icon={<IconFileCode size={24} aria-hidden />} title={t('audience.noTemplates')} about={t('audience.templatesAbout')} action={add} />
        {dialogs}
      </>
    );
  return (
    <>
      <Group justify="space-between" mb="xs">
        <ListSearch label={t('audience.searchTemplates')} value={q} onChange={onSearch} />
        {add}
      </Group>
      <Text size="sm" c="dimmed" mb={6} role="status">{t(q ? 'audience.templatesFit' : 'audience.templatesCount', { count, n: format.number(count) })}</Text>
      {count > 0 && (
        <FactTable
          label={t('audience.tab.templates')}
          minWidth={600}
          rows={fitting.slice(0, most)}
          keyOf={({ id }) => id}
          columns={[
            { name: 'name', label: t('audience.templateName'), cell: (one) => <Name template={one} onLook={setLooked} /> },
            { name: 'kind', label: t('audience.templateKind'), cell: ({ drag_and_drop }) => t(drag_and_drop ? 'audience.kindBlocks' : 'audience.kindHtml') },
            { name: 'folder', label: t('audience.folder'), isNamed: true, cell: ({ folder_id }) => <bdi>{folderOf(folder_id)}</bdi> },
            { name: 'changed', label: t('audience.changed'), isNamed: true, cell: (one) => <Ago at={one.date_edited || one.date_created} /> },
          ]}
          acts={mayChange ? { label: t('audience.acts'), of: (one) => <TemplateActs template={one} folders={folders} /> } : undefined}
        />
      )}
      {count > most && <Button mt="sm" variant="default" onClick={() => setMost(most + SHOWN)}>{t('ui.more')}</Button>}
      {dialogs}
    </>
  );
}

function Name({ template, onLook }: { template: Template; onLook: (template: Template) => void }) {
  const { t } = useTranslation();
  return (
    <UnstyledButton c="var(--mantine-color-anchor)" fz="sm" td="underline" aria-label={t('audience.lookAt', { name: template.name })} onClick={() => onLook(template)}>
      <bdi>{template.name}</bdi>
    </UnstyledButton>
  );
}
