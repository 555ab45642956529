/**
 * A mail in a sandbox: it comes from an address of its own with a policy of its
 * own, runs no script, and its links open in a tab of their own.
 */
import { Box, type BoxProps } from '@mantine/core';

const PHONE_PX = 375;

interface Props extends Omit<BoxProps, 'style'> {
  src?: string;
  /** In place of an address. */
  srcDoc?: string;
  title: string;
  /** Another one: it is loaded again. */
  version?: string;
  /** As wide as a phone. */
  isPhone?: boolean;
}

export function MailFrame({ version = '', isPhone = false, src, ...box }: Props) {
  return (
    <Box
      component="iframe"
      key={`${src} ${version}`}
      src={src}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      w="100%"
      maw={isPhone ? PHONE_PX : undefined}
      mx="auto"
      bg="white"
      style={{ display: 'block', border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)' }}
      {...box}
    />
  );
}

/** As high as most mails are: of those that are higher, the end is not seen. */
const WHOLE_PX = 1330;

/** A small picture of a whole mail: it is drawn as wide as a mail wants it, and made smaller. Nothing in it can be reached, nor scrolled. */
export function MailThumb({ src, title, height }: { src: string; title: string; height: number }) {
  const scale = height / WHOLE_PX;
  return (
    <Box h={height} style={{ overflow: 'hidden', position: 'relative' }} aria-hidden inert>
      <iframe
        src={src}
        title={title}
        sandbox=""
        tabIndex={-1}
        loading="lazy"
        scrolling="no"
        style={{ width: `${100 / scale}%`, height: WHOLE_PX, border: 0, transform: `scale(${scale})`, transformOrigin: 'top left', position: 'absolute', left: 0, background: 'white' }}
      />
    </Box>
  );
}
