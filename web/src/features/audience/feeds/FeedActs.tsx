/** What can be done with a campaign of a feed. */
import { ActionIcon, List, Menu } from '@mantine/core';
import { IconDots, IconMail, IconPencil, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { FeedDialog } from './FeedDialog.tsx';
import { countQuery, useFeedAct, whatIsMissing, type FeedAct, type FeedCampaign } from './queries.ts';
import { SentDialog } from './SentDialog.tsx';

export function FeedActs({ listId, campaign }: { listId: string; campaign: FeedCampaign }) {
  const { t } = useTranslation();
  const me = useMe();
  const toast = useToast();
  const act = useFeedAct();
  const [open, setOpen] = useState<'edit' | 'sent' | 'start' | 'delete' | null>(null);
  const format = useFormat();
  const count = useQuery({ ...countQuery(campaign.id), enabled: open === 'start' }).data;
  const [missing, setMissing] = useState<string[]>([]);
  const { id, status } = campaign;
  const name = campaign.settings.title || campaign.settings.subject_line || '';
  const close = () => setOpen(null);
  const run = (what: FeedAct) =>
    act.mutate({ id, act: what }, {
      onSuccess: () => {
        toast.tell(t(`audience.feedDone.${what}`, { name }));
        close();
      },
      onError: () => { if (what === 'start') void whatIsMissing(id).then(setMissing); },
    });
  const ask = (what: 'start' | 'delete') => {
    act.reset();
    setMissing([]);
    setOpen(what);
  };
  const isChangeable = status === 'save' || status === 'paused';
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('audience.actsOf', { name })}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {status === 'save' && may(me, 'send') && <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => ask('start')}>{t('audience.feedAct.start')}</Menu.Item>}
          {status === 'sending' && may(me, 'send') && <Menu.Item leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => run('pause')}>{t('audience.feedAct.pause')}</Menu.Item>}
          {status === 'paused' && may(me, 'send') && <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => run('resume')}>{t('audience.feedAct.resume')}</Menu.Item>}
          {isChangeable && may(me, 'market') && <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('edit')}>{t('audience.editFeed')}</Menu.Item>}
          <Menu.Item leftSection={<IconMail size={16} aria-hidden />} onClick={() => setOpen('sent')}>{t('audience.feedSent')}</Menu.Item>
          {may(me, status === 'sending' ? 'send' : 'market') && (
            <>
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => ask('delete')}>{t('audience.delete')}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'edit' && <FeedDialog listId={listId} campaign={campaign} onClose={close} />}
      {open === 'sent' && <SentDialog campaign={campaign} name={name} onClose={close} />}
      <AskFirst
        isOpen={open === 'start'}
        title={t('audience.feedStartTitle', { name })}
        about={t('audience.feedStartAbout')}
        act={count === undefined ? t('audience.feedAct.start') : t('audience.feedStartFor', { count, n: format.number(count) })}
        isMild
        isBusy={act.isPending}
        error={act.error}
        onAct={() => run('start')}
        onClose={close}
      >
        {missing.length > 0 && <List size="sm" dir="auto">{missing.map((one) => <List.Item key={one}>{one}</List.Item>)}</List>}
      </AskFirst>
      <AskFirst
        isOpen={open === 'delete'}
        title={t('audience.deleteTitle', { name })}
        about={t('audience.deleteFeedAbout')}
        act={t('audience.deleteFeed')}
        isBusy={act.isPending}
        error={act.error}
        onAct={() => run('delete')}
        onClose={close}
      />
    </>
  );
}
