/** Before something that cannot be taken back: what comes of it, and for how many. */
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { AskFirst } from '../../ui/AskFirst.tsx';
import { useToast } from '../../ui/useToast.tsx';
import type { Asked } from './acts.ts';
import { useDo, type Campaign } from './queries.ts';

interface Props {
  campaign: Campaign;
  act: Asked;
  onClose: () => void;
  onDone?: () => void;
}

export function AskAct({ campaign, act, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const does = useDo();
  const waiting = campaign.figures?.waiting ?? 0;
  const sent = campaign.figures?.sent ?? 0;
  const words = { name: campaign.name, count: waiting, n: format.number(waiting), sent: format.number(sent) };
  return (
    <AskFirst
      isOpen
      title={t(`campaigns.ask.${act}.title`, words)}
      about={t(`campaigns.ask.${act}.about`, words)}
      act={t(`campaigns.ask.${act}.do`, words)}
      keep={act === 'cancel' || act === 'finish' ? t('campaigns.ask.keep') : undefined}
      isMild={act === 'unschedule'}
      isBusy={does.isPending}
      error={does.error}
      onAct={() =>
        does.mutate({ id: campaign.id, act }, {
          onSuccess: () => {
            toast.tell(t(`campaigns.did.${act}`, words));
            onClose();
            onDone?.();
          },
        })
      }
      onClose={onClose}
    />
  );
}
