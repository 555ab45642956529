/** Whether what stands here is saved; said once, where everybody looks. */
import { Group, Text } from '@mantine/core';
import { IconCheck, IconCloudOff, IconDots, IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DraftState } from '../../ui/useDraft.ts';

const icons = { saved: IconCheck, unsaved: IconDots, saving: IconDots, offline: IconCloudOff, stopped: IconAlertTriangle };

export function SaveState({ state }: { state: DraftState }) {
  const { t } = useTranslation();
  const Icon = icons[state];
  const isLoud = state === 'offline' || state === 'stopped';
  return (
    <Group gap={6} wrap="nowrap" c={isLoud ? 'var(--mantine-color-yellow-light-color)' : 'dimmed'}>
      <Icon size={16} aria-hidden />
      <Text size="sm" role="status" data-save-state={state}>{t(`composer.state.${state}`)}</Text>
    </Group>
  );
}
