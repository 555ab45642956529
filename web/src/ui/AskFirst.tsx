/** Before something that cannot be taken back: what will happen, and how many it meets. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from './ProblemAlert.tsx';

interface Props {
  isOpen: boolean;
  title: string;
  about?: string;
  /** Says how many. */
  act: string;
  /** What not doing it is called, where “Cancel” could be either. */
  keep?: string;
  /** It can be taken back, or takes nothing away: it is asked, and is no warning. */
  isMild?: boolean;
  isBusy: boolean;
  error: unknown;
  onAct: () => void;
  onClose: () => void;
  /** What is told at more length; a choice that it leaves. */
  children?: ReactNode;
}

export function AskFirst({ isOpen, title, about, act, keep, isMild = false, isBusy, error, onAct, onClose, children }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <Stack>
        {about && <Text size="sm" dir="auto">{about}</Text>}
        {children}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keep ?? t('ui.cancel')}
          </Button>
          <Button color={isMild ? undefined : 'red'} loading={isBusy} onClick={onAct}>
            {act}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
