/** Pages that could not be shown. */
import { Button, Container, Stack, Text, Title } from '@mantine/core';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../api/problem.ts';
import { ProblemAlert } from '../ui/ProblemAlert.tsx';

export function PageError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>{t('errors.page')}</Title>
        <ProblemAlert error={error} />
        <Button
          w="fit-content"
          onClick={() => {
            reset();
            void router.invalidate();
          }}
        >
          {t('errors.again')}
        </Button>
      </Stack>
    </Container>
  );
}

/** Instead of a page whose record was not found, or could not be read: then it may be tried again. */
export function NotLoaded({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const { t } = useTranslation();
  if (problemOf(error).status === 404) return <NotFound />;
  return (
    <Stack>
      <ProblemAlert error={error} title={t('errors.page')} />
      <Button w="fit-content" onClick={onAgain}>{t('errors.again')}</Button>
    </Stack>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>{t('errors.notFound')}</Title>
        <Text>{t('errors.notFoundAbout')}</Text>
        <Button component={Link} to="/" w="fit-content">
          {t('errors.home')}
        </Button>
      </Stack>
    </Container>
  );
}
