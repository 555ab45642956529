/** Mails may go there again, as far as it was a user who kept them from it. */
import { useTranslation } from 'react-i18next';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useLift } from './queries.ts';

export function Lift({ address, onClose }: { address: string; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const lift = useLift();
  return (
    <AskFirst
      isOpen
      title={t('blocked.liftTitle', { address })}
      about={t('blocked.liftAbout')}
      act={t('blocked.liftDo')}
      isBusy={lift.isPending}
      error={lift.error}
      onAct={() => lift.mutate(address, {
        onSuccess: () => {
          toast.tell(t('blocked.lifted', { address }));
          onClose();
        },
      })}
      onClose={onClose}
    />
  );
}
