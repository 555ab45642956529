/** From the link that a new server prints to the first people. */
import { Button, Skeleton, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { may, meQuery } from '../../api/session.ts';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { AdministratorStep } from './AdministratorStep.tsx';
import { SetupFrame } from './SetupFrame.tsx';
import { StepLine } from './StepLine.tsx';
import { Steps } from './Steps.tsx';

const SIGNED_OUT = 401;

function Unknown({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <ProblemAlert error={error} />
      <Button w="fit-content" onClick={onAgain}>
        {t('errors.again')}
      </Button>
    </Stack>
  );
}

export function SetupPage() {
  const { t } = useTranslation();
  const { token } = useSearch({ from: '/setup' });
  const me = useQuery(meQuery);

  if (me.data && !may(me.data, 'admin')) return <Navigate to="/" replace />;
  if (me.data && token) return <Navigate to="/setup" search={{}} replace />;
  const isSignedOut = problemOf(me.error).status === SIGNED_OUT;
  if (isSignedOut && !token) return <Navigate to="/sign-in" search={{ to: '/setup' }} replace />;
  const leave = me.data && (
    <LinkButton to="/people" variant="subtle" size="xs">
      {t('setup.leave')}
    </LinkButton>
  );
  return (
    <SetupFrame action={leave}>
      <Stack gap="lg">
        <Title order={1}>{t('setup.title')}</Title>
        {me.isPending && <Skeleton h={320} />}
        {me.error && !isSignedOut && <Unknown error={me.error} onAgain={() => void me.refetch()} />}
        {isSignedOut && token && (
          <Stack gap="xl">
            <StepLine steps={null} shown="administrator" />
            <AdministratorStep token={token} />
          </Stack>
        )}
        {me.data && <Steps />}
      </Stack>
    </SetupFrame>
  );
}
