/** Always in sight: test it, send it; and why it cannot be sent yet. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconMail, IconSend } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import type { Draft } from '../../../ui/useDraft.ts';
import styles from '../Composer.module.css';
import { etagOfShown, useEstimate, type ChecklistItem } from '../queries.ts';
import type { CampaignValues } from '../values.ts';
import { SendDialog } from './SendDialog.tsx';
import { useActWords } from './useActWords.ts';
import type { When } from './when.ts';

interface Props {
  id: number;
  draft: Draft<CampaignValues>;
  when: When;
  isReady: boolean;
  errors: ChecklistItem[];
  warnings: ChecklistItem[];
  onTest: () => void;
  /** What is shown may be old: it is read again. Its ETag then. */
  onFailed: () => Promise<string | null>;
}

export function SendBar({ id, draft, when, isReady, errors, warnings, onTest, onFailed }: Props) {
  const { t } = useTranslation();
  const actOf = useActWords();
  const me = useMe();
  const queries = useQueryClient();
  /** Of what is to go out; null: nobody asks for that. */
  const [seen, see] = useState<{ etag: string | null } | null>(null);
  const estimate = useEstimate(id, draft.saved.to).data;
  const goes = estimate?.goes ?? 0;
  const leftOut = Object.values(estimate?.left_out ?? {}).reduce((sum, n) => sum + n, 0);
  const reasons = [
    ...(may(me, 'send') ? [] : [t('composer.send.notAllowed')]),
    ...errors.map(({ heading, details }) => `${heading}: ${details}`),
    ...(when.isRight ? [] : [t('composer.send.noTime')]),
    ...(estimate && goes === 0 && draft.saved.to !== 'null' ? [t('composer.send.nobody')] : []),
    ...(draft.state === 'offline' || draft.state === 'stopped' ? [t('composer.send.notSaved')] : []),
  ];
  const isOff = !isReady || reasons.length > 0 || !estimate;
  return (
    <Stack className={styles.bar} gap="xs">
      <Group gap="sm">
        <Button
          leftSection={<IconSend size={16} aria-hidden />}
          disabled={isOff}
          aria-describedby={reasons.length > 0 ? 'why-not-sent' : undefined}
          onClick={() => void draft.flush().then(async (isSaved) => isSaved && see({ etag: await etagOfShown(queries, id) }))}
        >
          {estimate ? actOf({ isLater: when.isLater, to: draft.saved.to, goes }) : t('composer.send.off')}
        </Button>
        <Button variant="default" leftSection={<IconMail size={16} aria-hidden />} onClick={onTest}>{t('composer.send.test')}</Button>
      </Group>
      {reasons.length > 0 && (
        <Text size="xs" c="dimmed" id="why-not-sent">{t('composer.send.why', { reasons: reasons.join(' · ') })}</Text>
      )}
      {seen && (
        <SendDialog
          id={id}
          etag={seen.etag}
          values={draft.saved}
          when={when}
          goes={goes}
          leftOut={leftOut}
          warnings={warnings}
          onFailed={onFailed}
          onClose={() => see(null)}
        />
      )}
    </Stack>
  );
}
