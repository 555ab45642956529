/** A word on what was done, and a way back. */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';

const SHOWN_MS = 5_000;
/** Long enough to read it, to think, and to get there by keyboard. */
const UNDO_MS = 15_000;

export interface Toast {
  tell: (message: string) => void;
  tellUndo: (message: string, undo: () => void) => void;
}

export function useToast(): Toast {
  const { t } = useTranslation();
  const closeButtonProps = { 'aria-label': t('ui.close') };
  return {
    tell: (message) => void notifications.show({ message, autoClose: SHOWN_MS, closeButtonProps }),
    tellUndo: (message, undo) => {
      const takeBack = () => {
        notifications.hide(id);
        undo();
      };
      const id = notifications.show({
        autoClose: UNDO_MS,
        closeButtonProps,
        message: (
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm" dir="auto">{message}</Text>
            <Button size="compact-sm" variant="light" onClick={takeBack}>
              {t('ui.undo')}
            </Button>
          </Group>
        ),
      });
    },
  };
}
