/** What can be done with a campaign, of its row and of its page. What a role may not do is not offered. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconChevronDown, IconCopy, IconDots, IconFlag, IconPencil, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconTrash, IconCalendarOff } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { may, useMe } from '../../api/session.ts';
import { useProblemText } from '../../ui/ProblemAlert.tsx';
import { useToast } from '../../ui/useToast.tsx';
import { actsOf, asked, type Act, type Asked } from './acts.ts';
import { AskAct } from './AskAct.tsx';
import { useDo, useReplicate, type Campaign } from './queries.ts';

const icons: Record<Act, typeof IconCopy> = {
  edit: IconPencil, pause: IconPlayerPause, resume: IconPlayerPlay, cancel: IconPlayerStop, finish: IconFlag,
  replicate: IconCopy, delete: IconTrash, unschedule: IconCalendarOff,
};

const isAsked = (act: Act): act is Asked => asked.some((one) => one === act);

interface Props {
  campaign: Campaign;
  isRow?: boolean;
  onDeleted?: () => void;
}

export function CampaignActs({ campaign, isRow = false, onDeleted }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [asks, ask] = useState<Asked | null>(null);
  const start = useStart(campaign);
  const acts = actsOf(campaign.status, (right) => may(me, right), campaign.origin === 'crm');
  if (acts.length === 0 && !asks) return null;
  return (
    <>
      <Menu position="bottom-end" width={240} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          {isRow ? (
            <ActionIcon variant="subtle" color="gray" aria-label={t('campaigns.acts', { name: campaign.name })}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          ) : (
            <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>{t('campaigns.more')}</Button>
          )}
        </Menu.Target>
        <Menu.Dropdown>
          {acts.map((act) => {
            const Icon = icons[act];
            return (
              <Menu.Item
                key={act}
                color={act === 'cancel' || act === 'delete' ? 'red' : undefined}
                leftSection={<Icon size={16} aria-hidden />}
                onClick={() => (isAsked(act) ? ask(act) : start(act))}
              >
                {t(`campaigns.act.${act}`)}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {asks && <AskAct campaign={campaign} act={asks} onClose={() => ask(null)} onDone={() => asks === 'delete' && onDeleted?.()} />}
    </>
  );
}

/** What is done at once, and said when it is done or was refused. */
export function useStart(campaign: Campaign) {
  const { t } = useTranslation();
  const toast = useToast();
  const text = useProblemText();
  const navigate = useNavigate();
  const does = useDo();
  const replicate = useReplicate();
  const onError = (error: Error) => toast.tell(`${t('campaigns.notDone')} ${text(problemOf(error))}`);
  return (act: Exclude<Act, Asked>) => {
    const edit = (campaignId: number) => void navigate({ to: '/campaigns/$campaignId/edit', params: { campaignId } });
    if (act === 'edit') edit(campaign.id);
    else if (act === 'replicate')
      replicate.mutate({ id: campaign.id, name: t('campaigns.copyOf', { name: campaign.name.slice(0, 180) }) }, {
        onSuccess: (made) => {
          toast.tell(t('campaigns.replicated', { name: made.name }));
          edit(made.id);
        },
        onError,
      });
    else does.mutate({ id: campaign.id, act }, { onSuccess: () => toast.tell(t(`campaigns.did.${act}`, { name: campaign.name })), onError });
  };
}
