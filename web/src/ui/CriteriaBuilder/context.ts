/** What every part of a builder needs. It stays the same while somebody types, so that only the row typed into is drawn again. */
import { createContext, useContext } from 'react';
import type { Condition, FieldInfo } from '../FilterBar/criteria.ts';
import type { Pickers } from '../FilterBar/pickers.ts';
import type { Limits, Offers } from './tree.ts';
import type { Acts, Marks } from './useBuilder.ts';

export interface Building {
  fields: FieldInfo[];
  labelOf: (field: FieldInfo) => string;
  pickers: Pickers;
  limits: Limits;
  /** Of a condition that cannot be shown: what it says, and why it stays. */
  wordsOfUnknown?: (condition: Condition) => { says: string; about: string };
  marks: Marks;
  acts: Acts;
  /** Of the tree as it is when somebody asks. */
  offersOf: (id: number) => Offers;
}

const Context = createContext<Building | null>(null);

export const BuildingProvider = Context.Provider;

export function useBuilding(): Building {
  return useContext(Context)!;
}
