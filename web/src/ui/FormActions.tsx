/** Below a form: save, take back, and whether something is not saved yet. */
import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  save: string;
  isSaving: boolean;
  /** Something was changed; left out: always to be saved. */
  isDirty?: boolean;
  isBlocked?: boolean;
  onDiscard?: () => void;
  /** What else may be done here, at the end of the row. */
  children?: ReactNode;
}

export function FormActions({ save, isSaving, isDirty, isBlocked, onDiscard, children }: Props) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" mt="xs">
      <Button type="submit" loading={isSaving} disabled={isBlocked || isDirty === false}>
        {save}
      </Button>
      {isDirty && onDiscard && (
        <Button variant="default" onClick={onDiscard} disabled={isSaving}>
          {t('ui.discard')}
        </Button>
      )}
      {children}
      <Text size="xs" c="dimmed" role="status">
        {isDirty ? t('ui.unsaved') : ''}
      </Text>
    </Group>
  );
}
