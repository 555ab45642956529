/** One thing that a mail needs: what is set, whether that will do, and where it is changed. */
import { Box, Button, Group, Text, ThemeIcon, Title, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '../Composer.module.css';
import type { CampaignValues } from '../values.ts';

/** Of every line. */
export interface LineProps {
  isDone: boolean;
  isOpen: boolean;
  onToggle: () => void;
  values: CampaignValues;
  change: (change: Partial<CampaignValues>) => void;
}

interface Props extends Pick<LineProps, 'isDone'>, Partial<Pick<LineProps, 'isOpen' | 'onToggle'>> {
  title: string;
  summary: ReactNode;
  /** It is not used, which is all right: it is neither done nor open. */
  isOff?: boolean;
  /** What the button says. */
  edit?: string;
  /** It leads elsewhere instead of opening here. */
  link?: ReactNode;
  children?: ReactNode;
}

export function Line({ title, summary, edit, isDone, isOff = false, isOpen = false, onToggle, link, children }: Props) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.line}>
      <Group gap="sm" align="flex-start">
        <ThemeIcon size={22} radius="xl" variant={isDone && !isOff ? 'filled' : 'default'} color="green.9" mt={2}>
          {isDone && !isOff ? <IconCheck size={14} aria-hidden /> : <IconMinus size={14} aria-hidden />}
        </ThemeIcon>
        <Box className={styles.what}>
          <Title order={2} id={id} fz="md">
            {title}
            <VisuallyHidden>{` (${t(isOff ? 'composer.off' : isDone ? 'composer.done' : 'composer.open')})`}</VisuallyHidden>
          </Title>
          <Text size="sm" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>{summary}</Text>
        </Box>
        {link ?? (
          <Button variant="default" size="xs" aria-expanded={isOpen} onClick={onToggle} aria-label={`${title}: ${isOpen ? t('composer.close') : edit}`}>
            {isOpen ? t('composer.close') : edit}
          </Button>
        )}
      </Group>
      {isOpen && <Box className={styles.editor}>{children}</Box>}
    </section>
  );
}
