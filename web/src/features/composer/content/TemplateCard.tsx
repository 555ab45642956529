/** A template as a small picture of itself. */
import { ActionIcon, Box, Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconEye, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { MailThumb } from '../../../ui/MailFrame.tsx';
import { MailPreview, withoutText } from '../../../ui/MailPreview/MailPreview.tsx';
import { useDeleteTemplate } from '../queries.ts';

const SEEN = 340;

interface Props {
  template: { id: number | string; name: string; about?: string | null; updated_at: string | null };
  /** Of what is written in it, if it is one of ours. */
  language?: string;
  /** By whoever made it, from here. */
  canRemove?: boolean;
  isBusy: boolean;
  onChoose: () => void;
}

export function TemplateCard({ template: { id, name, about, updated_at }, language, canRemove = false, isBusy, onChoose }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const remove = useDeleteTemplate();
  const address = `/templates/${id}/preview`;
  const query = language ? { lang: language } : undefined;
  return (
    <Paper p={0} style={{ overflow: 'hidden' }}>
      <MailThumb src={query ? `${address}?${new URLSearchParams(query)}` : address} title={name} height={SEEN} />
      <Box p="sm" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
        <Title order={3} dir="auto">{name}</Title>
        <Text size="xs" c="dimmed" mih={about === undefined ? undefined : 36} dir="auto">{about}</Text>
        <Group gap="xs" mt="xs" wrap="nowrap">
          <Button size="xs" loading={isBusy} aria-label={t('composer.start.useOf', { name })} onClick={onChoose}>{t('composer.start.use')}</Button>
          <ActionIcon variant="default" size={30} aria-label={t('composer.start.look', { name })} onClick={() => setOpen(true)}><IconEye size={16} aria-hidden /></ActionIcon>
          {canRemove && (
            <ActionIcon variant="default" size={30} aria-label={t('composer.start.remove', { name })} onClick={() => setAsking(true)}><IconTrash size={16} aria-hidden /></ActionIcon>
          )}
        </Group>
      </Box>
      {isOpen && (
        <Dialog title={<bdi>{name}</bdi>} size="xl" onClose={() => setOpen(false)}>
          <MailPreview address={address} query={query} version={updated_at ?? ''} title={name} views={withoutText} />
        </Dialog>
      )}
      <AskFirst
        isOpen={isAsking}
        title={t('composer.start.removeTitle')}
        about={t('composer.start.removeAbout', { name })}
        act={t('composer.start.removeAct')}
        isBusy={remove.isPending}
        error={remove.error}
        onAct={() => remove.mutate(String(id), { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      />
    </Paper>
  );
}
