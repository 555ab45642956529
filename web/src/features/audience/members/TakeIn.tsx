/** Into the CRM, by an import that begins at once; its page shows how far it is, what came of it, and takes it back. */
import { Button, type ButtonProps } from '@mantine/core';
import { IconDatabasePlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useTakeIn } from '../../imports/queries.ts';
import type { ImportsSearch } from '../../imports/search.ts';

export function TakeIn({ search, children, ...button }: ButtonProps & { search: ImportsSearch; children: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toast = useToast();
  const take = useTakeIn();
  const begin = () => {
    const name = `${t('imports.signups')} ${new Date().toISOString().slice(0, 10)}.csv`;
    take.mutate({ search, name, ground: t('imports.groundOfSignups') }, {
      onSuccess: (made) => {
        if (made === null) toast.tell(t('imports.noSignups'));
        else if (made === 'asks') void navigate({ to: '/imports', search });
        else void navigate({ to: '/imports/$importId', params: { importId: made } });
      },
    });
  };
  return (
    <>
      <Button size="xs" leftSection={<IconDatabasePlus size={14} aria-hidden />} {...button} loading={take.isPending} onClick={begin}>{children}</Button>
      <ProblemAlert error={take.error} title={t('members.notToCrm')} />
    </>
  );
}
