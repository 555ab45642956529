/** What shows that somebody agreed: by which form, when, from where, how they confirmed it, and to what. */
import { Anchor, Collapse, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../../api/client.ts';
import { useFormat } from '../../../app/format.ts';

export function Agreed({ agreement: { form, text, signed_up_at, signed_up_ip, confirmed_at, confirmed_ip } }: { agreement: Schemas['Agreement'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isShown, { toggle }] = useDisclosure(false);
  const from = (ip: string | null) => (ip ? ` ${t('person.fromIp', { ip })}` : '');
  return (
    <>
      <span dir="auto">{form ? t('person.agreed.byForm', { name: form }) : t('person.agreed.byProgram')}</span>
      <span>{t('person.agreed.asked', { when: format.time(signed_up_at) })}{from(signed_up_ip)}</span>
      <span>{confirmed_at ? `${t('person.agreed.confirmed', { when: format.time(confirmed_at) })}${from(confirmed_ip)}` : t('person.agreed.unconfirmed')}</span>
      {text && (
        <>
          <Anchor component="button" type="button" size="xs" ta="start" w="fit-content" aria-expanded={isShown} onClick={toggle}>{t('person.agreed.text')}</Anchor>
          <Collapse expanded={isShown}>
            <Text size="xs" c="var(--mantine-color-text)" dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{text}</Text>
          </Collapse>
        </>
      )}
    </>
  );
}
