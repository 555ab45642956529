/** Where mails stay as long as no relay is set up: whoever sends must know. */
import { Alert, Anchor } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useIsOutboxInUse } from './queries.ts';

/** Nothing, once mails leave. */
export function OutboxNote() {
  const { t } = useTranslation();
  const isInUse = useIsOutboxInUse();
  if (!isInUse) return null;
  return (
    <Alert color="yellow" variant="light" icon={<IconInbox size={18} aria-hidden />} p="xs">
      {t('outbox.note')} <Anchor component={Link} to="/outbox" size="sm" c="inherit" td="underline">{t('outbox.open')}</Anchor>
    </Alert>
  );
}
