/** How a template looks, and which places of it each mail fills. */
import { Badge, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/Dialog.tsx';
import { MailPreview, withoutText } from '../../../ui/MailPreview/MailPreview.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { sectionsQuery, type Template } from './queries.ts';

export function TemplateLook({ template, onClose }: { template: Template; onClose: () => void }) {
  return (
    <Dialog title={<bdi>{template.name}</bdi>} size="xl" onClose={onClose}>
      <Stack>
        {!template.drag_and_drop && <Sections id={template.id} />}
        <MailPreview address={`/templates/${template.id}/preview`} version={template.date_edited} title={template.name} views={withoutText} />
      </Stack>
    </Dialog>
  );
}

function Sections({ id }: { id: number }) {
  const { t } = useTranslation();
  const found = useQuery(sectionsQuery(id));
  if (!found.data) return <AudienceProblem error={found.error} />;
  return (
    <div>
      <Title order={3} mb={4}>{t('audience.sections')}</Title>
      {found.data.length === 0 ? <Text size="sm" c="dimmed">{t('audience.noSections')} <Code>mc:edit</Code></Text> : (
        <Group gap="xs">
          {found.data.map(([name]) => <Badge key={name} variant="light" color="gray" tt="none"><bdi>{name}</bdi></Badge>)}
        </Group>
      )}
    </div>
  );
}
