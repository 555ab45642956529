/** Asks before one of a list is taken away; then the button above the list has the focus, as the row is gone. */
import type { UseMutationResult } from '@tanstack/react-query';
import type { RefObject } from 'react';
import { AskFirst } from '../../ui/AskFirst.tsx';
import { useToast } from '../../ui/useToast.tsx';

interface Props {
  /** null: nothing is asked. */
  leaving: { id: number } | null;
  words: { title: string; about: string; act: string; done: string };
  remove: UseMutationResult<unknown, Error, number>;
  add: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}

export function AskRemove({ leaving, words, remove, add, onClose }: Props) {
  const toast = useToast();
  const act = () =>
    leaving &&
    remove.mutate(leaving.id, {
      onSuccess: () => {
        toast.tell(words.done);
        onClose();
        add.current?.focus();
      },
    });
  return (
    <AskFirst
      isOpen={leaving !== null}
      title={words.title}
      about={words.about}
      act={words.act}
      isBusy={remove.isPending}
      error={remove.error}
      onAct={act}
      onClose={() => {
        remove.reset();
        onClose();
      }}
    />
  );
}
