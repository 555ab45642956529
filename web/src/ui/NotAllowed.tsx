/** A page that one's role may not see. */
import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from './EmptyState.tsx';

export function NotAllowed({ about }: { about?: string }) {
  const { t } = useTranslation();
  return <EmptyState icon={<IconLock size={24} />} title={t('errors.denied')} about={about ?? t('ui.notAllowed')} />;
}
