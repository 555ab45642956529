/** Now, or at a time to come, as the clock on this wall shows it. */
import { Radio, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import type { When } from '../send/when.ts';
import { Line, type LineProps } from './Line.tsx';

export function WhenLine({ when, isTimed, ...line }: LineProps & { when: When; /** Its A/B test says when. */ isTimed: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { at, isLater, isRight, zone } = when;
  const later = at ? t('composer.when.at', { time: format.time(at), zone }) : t('composer.when.none');
  if (isTimed) return <Line {...line} title={t('composer.step.when')} summary={t('composer.ab.times')} link={<></>} isOpen={false} />;
  return (
    <Line {...line} title={t('composer.step.when')} edit={t('composer.change')} summary={isLater ? later : t('composer.when.now')}>
      <Radio.Group aria-label={t('composer.step.when')} value={isLater ? 'later' : 'now'} onChange={(next) => when.setLater(next === 'later')}>
        <Stack gap="xs">
          <Radio value="now" label={t('composer.when.now')} />
          <Radio value="later" label={t('composer.when.later')} />
        </Stack>
      </Radio.Group>
      {isLater && (
        <TextInput
          mt="sm"
          maw={280}
          type="datetime-local"
          label={t('composer.when.time')}
          description={t('composer.when.zone', { zone })}
          value={when.local}
          onChange={(event) => when.setLocal(event.currentTarget.value)}
          error={at && !isRight ? t('composer.when.past') : undefined}
        />
      )}
    </Line>
  );
}
