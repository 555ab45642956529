/** Nobody loses what was typed by going elsewhere: it is asked first. */
import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * Returns the dialog, which belongs somewhere on the page.
 *
 * @param save what is tried first; true: all is saved
 */
export function useUnsaved(isDirty: boolean, save?: () => Promise<boolean>): ReactNode {
  const { t } = useTranslation();
  const blocker = useBlocker({
    shouldBlockFn: async () => isDirty && !(await save?.()),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <Modal opened={blocker.status === 'blocked'} onClose={() => blocker.reset?.()} title={t('ui.leaveTitle')} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <Text size="sm">{t('ui.leaveAbout')}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" color="red" onClick={() => blocker.proceed?.()}>
          {t('ui.leave')}
        </Button>
        <Button data-autofocus onClick={() => blocker.reset?.()}>
          {t('ui.stay')}
        </Button>
      </Group>
    </Modal>
  );
}
