/** Mails that stayed in the outbox of this server: nobody got them, and that must not look like a success. */
import { Alert, Anchor } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import type { Campaign } from './queries.ts';

export function Caught({ figures }: { figures: Campaign['figures'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const seesOutbox = may(useMe(), 'market');
  if (!figures || figures.caught === 0) return null;
  const { caught, sent } = figures;
  const words = { count: caught, n: format.number(caught), sent: format.number(sent) };
  return (
    <Alert role="note" color="yellow" variant="light" icon={<IconInbox size={18} aria-hidden />} p="xs">
      {t(caught === sent ? 'campaigns.caught.all' : 'campaigns.caught.some', words)}
      {seesOutbox && <> <Anchor component={Link} to="/outbox" size="sm" c="inherit" td="underline">{t('outbox.open')}</Anchor></>}
    </Alert>
  );
}
