/** To the list as it was left; who came by a link goes where the list begins. */
import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useRouter, type NavigateOptions, type RegisteredRouter } from '@tanstack/react-router';

interface Props {
  /** What the list is called. */
  label: string;
  to: NavigateOptions<RegisteredRouter>;
}

export function BackButton({ label, to }: Props) {
  const router = useRouter();
  const back = () => {
    if (router.history.canGoBack()) router.history.back();
    else void router.navigate(to);
  };
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      ms={-8}
      mb={4}
      c="dimmed"
      leftSection={<IconArrowLeft size={14} aria-hidden />}
      onClick={back}
    >
      {label}
    </Button>
  );
}
