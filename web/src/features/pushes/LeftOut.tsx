/** Why some get no mail: each reason with how many, what it means, and what can be done. */
import { Anchor, Paper, Table, Text, Title } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import type { PushResult } from './queries.ts';
import type { RowsSearch } from './search.ts';
import { reasonsOf } from './states.ts';
import { isReason, useReasonTitle } from './words.ts';

export function LeftOut({ result, onChange }: { result: PushResult; onChange: (search: RowsSearch) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useReasonTitle();
  const id = useId();
  const reasons = reasonsOf(result);
  const dropped = Object.entries(result.dropped).map(([tag, n]) => `${tag} (${format.number(n)})`);
  return (
    <>
      {reasons.length > 0 && (
        <Paper component="section" aria-labelledby={id}>
          <Title order={2} id={id} fz="md" mb="xs">{t('pushes.whyLeftOut')}</Title>
          <Table aria-labelledby={id} verticalSpacing="xs">
            <Table.Tbody>
              {reasons.map(([reason, n]) => (
                <Table.Tr key={reason}>
                  <Table.Td w={72} valign="top">
                    <Anchor component="button" type="button" size="sm" fw={600} onClick={() => onChange({ action: 'left_out', reason })}>
                      {format.number(n)}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" fw={600}>{titleOf(reason)}</Text>
                    {isReason(reason) && (
                      <Text size="sm" c="dimmed">
                        {t(`pushes.leftOut.${reason}.about`)} {t(`pushes.leftOut.${reason}.todo`)}
                      </Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      )}
      {dropped.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('pushes.dropped')} <bdi>{dropped.join(', ')}</bdi>
        </Text>
      )}
    </>
  );
}
