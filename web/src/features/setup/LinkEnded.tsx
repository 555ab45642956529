/** The one-time link was used, or a newer one was printed. */
import { List, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LinkButton } from '../../ui/LinkButton.tsx';

export function LinkEnded() {
  const { t } = useTranslation();
  return (
    <Stack maw={560} role="alert">
      <Title order={2}>{t('setup.linkEnded')}</Title>
      <Text>{t('setup.linkEndedAbout')}</Text>
      <List spacing="xs">
        <List.Item>{t('setup.linkSignIn')}</List.Item>
        <List.Item>{t('setup.linkRestart')}</List.Item>
      </List>
      <LinkButton to="/sign-in" search={{ to: '/' }} w="fit-content">
        {t('session.signIn')}
      </LinkButton>
    </Stack>
  );
}
