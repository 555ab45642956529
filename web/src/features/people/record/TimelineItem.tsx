/** One thing that happened. */
import { ActionIcon, Anchor, Checkbox, Collapse, Group, Stack, Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconBan, IconCheck, IconCheckbox, IconFileImport, IconFileText, IconMail, IconMessage, IconNote, IconPencil, IconPhone, IconTrash, IconUsersGroup,
} from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { en } from '../../../messages/en/index.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { EditEntry } from './EditEntry.tsx';
import { useRemoveEntry, useTickTask, type Entry, type TimelineEntry } from './queries.ts';
import { MailEvents } from './MailEvents.tsx';
import { countEvents, isSourceOnly } from './timeline.ts';

type Kind = keyof (typeof en)['person']['entry'];
type Source = keyof (typeof en)['person']['source'];

const icons: Record<string, typeof IconMail> = {
  email: IconMail, call: IconPhone, meeting: IconUsersGroup, letter: IconFileText, note: IconNote, task: IconCheckbox,
  opted_out: IconBan, opted_in: IconCheck, import: IconFileImport,
};

/** What it is, for its icon and its title. */
function kindOf(entry: TimelineEntry): string {
  if (entry.type === 'consent') return entry.status ?? 'opted_out';
  return entry.type === 'communication' ? (entry.kind ?? 'other') : entry.type;
}

interface Props {
  entry: TimelineEntry;
  personId: number;
  onShowMail: (campaignId: number) => void;
}

export function TimelineItem({ entry, personId, onShowMail }: Props) {
  const { t } = useTranslation();
  const editButton = useRef<HTMLButtonElement>(null);
  const [isEditing, editing] = useDisclosure(false, { onClose: () => editButton.current?.focus() });
  const kind = kindOf(entry);
  const written: Entry | null = entry.id !== null && entry.type !== 'consent' && entry.type !== 'import' ? { type: entry.type, id: entry.id } : null;
  const Icon = icons[kind] ?? IconMessage;
  const isBack = kind === 'opted_in' && entry.kind === 'person' && !!entry.campaign_name;
  const label = isBack ? t('person.tookBack') : kind in en.person.entry ? t(`person.entry.${kind as Kind}`) : kind;
  const meta = [
    label,
    entry.direction && !entry.campaign_id ? t(entry.direction === 'in' ? 'person.in' : 'person.out') : null,
    entry.campaign_name,
    entry.type === 'consent' && entry.title ? t(entry.kind === 'import' ? 'person.byImport' : 'person.agreed.byForm', { name: entry.title }) : null,
    entry.user_name,
    entry.type === 'consent' && !entry.title && (!entry.user_name || entry.kind === 'import') && entry.kind && entry.kind in en.person.source ? t(`person.source.${entry.kind as Source}`) : null,
    entry.email,
  ].filter(Boolean);
  return (
    <Group gap="sm" align="flex-start" wrap="nowrap">
      <ThemeIcon variant="light" size={28} radius="xl" color={kind === 'opted_out' ? 'red' : kind === 'opted_in' ? 'green' : undefined}>
        <Icon size={15} aria-hidden />
      </ThemeIcon>
      <Stack gap={2} flex={1} miw={0}>
        {isEditing && written ? (
          <EditEntry entry={written} personId={personId} onClose={editing.close} />
        ) : entry.type === 'task' ? <TaskTitle entry={entry} personId={personId} /> : (
          entry.title && entry.type !== 'consent' && <Text size="sm" fw={500} dir="auto" style={{ overflowWrap: 'anywhere' }}>{entry.title}</Text>
        )}
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{meta[0]}</bdi>
          {meta.slice(1).map((word) => <span key={String(word)}> · <bdi>{word}</bdi></span>)}
          {' · '}
          <Ago at={entry.at} />
        </Text>
        {entry.body && !isEditing && !isSourceOnly(entry.kind, entry.body) && <Text size="sm" dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{entry.body}</Text>}
        {entry.type === 'import' && entry.id !== null && (
          <LinkAnchor size="xs" w="fit-content" to="/imports/$importId" params={{ importId: entry.id }}>{t('person.showImport')}</LinkAnchor>
        )}
        {entry.campaign_id !== null && <CampaignMail entry={entry} onShow={() => onShowMail(entry.campaign_id!)} />}
      </Stack>
      {written && (
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            ref={editButton}
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('person.editEntry', { what: label })}
            aria-expanded={isEditing}
            onClick={editing.open}
          >
            <IconPencil size={14} aria-hidden />
          </ActionIcon>
          <Remove entry={written} personId={personId} label={label} />
        </Group>
      )}
    </Group>
  );
}

function TaskTitle({ entry, personId }: { entry: TimelineEntry; personId: number }) {
  const tick = useTickTask(personId);
  const isDone = entry.status === 'done';
  return (
    <Checkbox
      size="xs"
      checked={isDone}
      disabled={tick.isPending}
      label={<Text span size="sm" fw={500} dir="auto" td={isDone ? 'line-through' : undefined}>{entry.title}</Text>}
      onChange={() => tick.mutate({ id: entry.id!, isDone: !isDone })}
    />
  );
}

/** What they did with it, in a line; each event when it is opened. */
function CampaignMail({ entry, onShow }: { entry: TimelineEntry; onShow: () => void }) {
  const { t } = useTranslation();
  const [isOpen, events] = useDisclosure(false);
  const counts = countEvents(entry.events);
  return (
    <>
      <Group gap="sm">
        {counts.length === 0 ? (
          <Text size="xs" c="dimmed">{t(entry.status === 'caught' ? 'person.caught' : 'person.noEvents')}</Text>
        ) : (
          <UnstyledButton aria-expanded={isOpen} onClick={events.toggle} mih={24}>
            <Text size="xs" c="var(--mantine-color-anchor)">
              {counts.map(({ type, machine, count }) => t(machine ? `person.eventsMachine.${type}` : `person.events.${type}`, { count })).join(', ')}
            </Text>
          </UnstyledButton>
        )}
        {entry.can_show && (
          <Anchor component="button" type="button" size="xs" mih={24} onClick={onShow}>{t('person.showMail')}</Anchor>
        )}
      </Group>
      <Collapse expanded={isOpen}>{isOpen && <MailEvents events={entry.events} />}</Collapse>
    </>
  );
}

function Remove({ entry, personId, label }: { entry: Entry; personId: number; label: string }) {
  const { t } = useTranslation();
  const [isAsking, asking] = useDisclosure(false);
  const remove = useRemoveEntry(personId);
  return (
    <>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('person.removeEntry', { what: label })} onClick={asking.open}>
        <IconTrash size={14} aria-hidden />
      </ActionIcon>
      <AskFirst
        isOpen={isAsking}
        title={t('person.removeEntry', { what: label })}
        about={t('person.removeEntryAbout')}
        act={t('person.remove')}
        isBusy={remove.isPending}
        error={remove.error}
        onAct={() => remove.mutate(entry, { onSuccess: asking.close })}
        onClose={asking.close}
      />
    </>
  );
}
