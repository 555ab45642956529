/** Downloads a list as CSV, in the reader's words; as a link it is the server's own file. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useState, type MouseEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../api/problem.ts';
import { downloadCsv, type CsvWords } from '../app/csvWords.ts';
import { useProblemText } from './ProblemAlert.tsx';

export function CsvButton({ address, words, children, ms }: { address: string; words: CsvWords; children: ReactNode; ms?: 'auto' }) {
  const { t } = useTranslation();
  const text = useProblemText();
  const [isBusy, setBusy] = useState(false);
  const load = (event: MouseEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    downloadCsv(address, words)
      .catch((error: unknown) => void notifications.show({
        color: 'red', role: 'alert', title: t('ui.notDownloaded'), message: text(problemOf(error)), closeButtonProps: { 'aria-label': t('ui.close') },
      }))
      .finally(() => setBusy(false));
  };
  return (
    <Button component="a" href={address} download variant="default" size="xs" ms={ms} loading={isBusy} leftSection={<IconDownload size={14} aria-hidden />} onClick={load}>
      {children}
    </Button>
  );
}
