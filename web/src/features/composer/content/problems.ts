/** What is wrong in a block, in the reader's words. */
import { useTranslation } from 'react-i18next';
import { en } from '../../../messages/en/index.ts';
import type { DesignProblem } from '../queries.ts';

type Code = keyof (typeof en)['composer']['problem'];

function isKnown(code: string): code is Code {
  return code in en.composer.problem;
}

/** One that this program does not know yet is said in the server's words. */
export function useProblemWords(): (problem: Pick<DesignProblem, 'code' | 'text' | 'detail'>) => string {
  const { t } = useTranslation();
  return ({ code, text, detail }) => (isKnown(code) ? t(`composer.problem.${code}`, { detail: detail ?? '' }).trim() : text);
}
