/** A step's title, and what it is for. Coming from another step, the focus is here. */
import { Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';

interface Props {
  title: string;
  about: string;
  isFocused: boolean;
}

export function StepHead({ title, about, isFocused }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isFocused) head.current?.focus();
  }, [isFocused]);
  return (
    <div>
      <Title order={2} ref={head} tabIndex={-1} style={{ outline: 'none' }}>
        {title}
      </Title>
      <Text size="sm" c="dimmed" mt={4} maw={640}>
        {about}
      </Text>
    </div>
  );
}
