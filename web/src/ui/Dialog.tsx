/** A dialog that is there as long as it is rendered. Afterwards the focus is where it was. */
import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  title: ReactNode;
  size?: ModalProps['size'];
  onClose: () => void;
  children: ReactNode;
}

/** What was focused; of a menu, which goes by then, the button that opened it. */
function opener(): HTMLElement | null {
  const focused = document.activeElement;
  const button = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  return button ? document.getElementById(button) : (focused as HTMLElement | null);
}

export function Dialog({ title, size, onClose, children }: Props) {
  const { t } = useTranslation();
  const [before] = useState(opener);
  useEffect(
    () => () => {
      setTimeout(() => {
        if (document.activeElement === document.body || !document.activeElement?.isConnected) before?.focus();
      });
    },
    [before],
  );
  return (
    <Modal opened onClose={onClose} size={size} title={title} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      {children}
    </Modal>
  );
}
