/** A caught mail as its reader would see it, as text, its headers and its source. Links open in a tab of their own, and work. */
import { Anchor, Skeleton, Stack, Table, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client.ts';
import { NotLoaded } from '../../app/errors.tsx';
import { useFormat } from '../../app/format.ts';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { MailFrame } from '../../ui/MailFrame.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { Kind } from './Kind.tsx';
import { outboxMailQuery } from './queries.ts';
import { parts, type Part } from './search.ts';

type Mail = Schemas['OutboxMailWhole'];

export function MessagePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { messageId } = useParams({ from: '/signed-in/outbox/$messageId' });
  const { part: wanted } = useSearch({ from: '/signed-in/outbox/$messageId' });
  const navigate = useNavigate({ from: '/outbox/$messageId' });
  const found = useQuery(outboxMailQuery(messageId));
  const mail = found.data;
  if (!mail && found.error) return <NotLoaded error={found.error} onAgain={() => void found.refetch()} />;
  if (!mail) return <Skeleton h={400} />;
  const there = parts.filter((one) => hasPart(mail, one));
  const part = there.find((one) => one === wanted) ?? there[0]!;
  return (
    <Stack gap="sm">
      <div>
        <LinkAnchor to="/outbox" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('outbox.title')}</LinkAnchor>
        <PageHead title={mail.subject || t('outbox.noSubject')} />
        <Text size="sm" c="dimmed" component="div" mt={-8}>
          <div>{t('outbox.from')}: <bdi>{mail.from ?? mail.sender}</bdi></div>
          <div>{t('outbox.to')}: <bdi>{mail.to ?? mail.rcpt}</bdi></div>
          {mail.campaign_id !== null && <div>{t('outbox.campaign')}: <Kind mail={mail} /></div>}
          <div><time dateTime={mail.at}>{format.time(mail.at)}</time></div>
        </Text>
      </div>
      <Tabs
        value={part}
        onChange={(next) => next && void navigate({ search: { part: next === there[0] ? undefined : (next as Part) }, replace: true })}
        keepMounted={false}
        activateTabWithKeyboard={false}
      >
        <Tabs.List>
          {there.map((one) => <Tabs.Tab key={one} value={one}>{t(`outbox.part.${one}`)}</Tabs.Tab>)}
        </Tabs.List>
        {there.map((one) => <Tabs.Panel key={one} value={one} pt="sm"><Shown mail={mail} part={one} /></Tabs.Panel>)}
      </Tabs>
    </Stack>
  );
}

function hasPart(mail: Mail, part: Part): boolean {
  if (part === 'html') return mail.html_url !== null;
  return part !== 'text' || mail.text !== null;
}

function Shown({ mail, part }: { mail: Mail; part: Part }) {
  if (part === 'html') return <Html mail={mail} />;
  if (part === 'headers') return <Headers mail={mail} />;
  return <Raw part={part} text={part === 'text' ? mail.text ?? '' : mail.source} />;
}

function Html({ mail }: { mail: Mail }) {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">{t(mail.campaign_id === null ? 'outbox.linksOfOther' : 'outbox.linksWork')}</Text>
      <MailFrame src={mail.html_url!} title={t('outbox.frame', { subject: mail.subject || t('outbox.noSubject') })} h="65vh" />
    </>
  );
}

function Headers({ mail }: { mail: Mail }) {
  const { t } = useTranslation();
  return (
    <Table layout="fixed" aria-label={t('outbox.part.headers')}>
      <Table.Thead>
        <Table.Tr><Table.Th w={{ base: 120, sm: 220 }}>{t('outbox.name')}</Table.Th><Table.Th>{t('outbox.value')}</Table.Th></Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {mail.headers.map(({ name, value }, index) => (
          <Table.Tr key={index}>
            <Table.Td valign="top" style={{ overflowWrap: 'anywhere' }}>{name}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}><bdi>{value}</bdi></Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Raw({ part, text }: { part: 'text' | 'source'; text: string }) {
  return (
    <Text
      component="pre"
      m={0}
      size="sm"
      ff={part === 'source' ? 'monospace' : 'inherit'}
      dir={part === 'source' ? 'ltr' : 'auto'}
      style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
    >
      {part === 'text' ? <Linked text={text} /> : text}
    </Text>
  );
}

/** What stands in a text as an address can be followed, as in any mail reader. */
function Linked({ text }: { text: string }) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/).map((piece, index) =>
    index % 2 === 1 ? <Anchor key={index} fz="inherit" href={piece} target="_blank" rel="noopener">{piece}</Anchor> : piece,
  );
}
