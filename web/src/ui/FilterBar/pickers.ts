/** Values that are chosen among what there is: tags, campaigns, companies. Each list brings its own. */
import type { ComponentType } from 'react';

export type Picked = string | number | undefined;

export interface PickerProps {
  /** Of which field, where one picker serves many. */
  field?: string;
  label: string;
  /** Said when nothing is chosen. */
  placeholder?: string;
  error?: string;
  value: Picked;
  onChange: (value: Picked) => void;
}

export interface Picker {
  Input: ComponentType<PickerProps>;
  /** What it is called, in a chip. */
  Name: ComponentType<{ value: string | number }>;
}

/** By the field's name; "campaign" for responses, "text" for what stands in fields of texts. */
export type Pickers = Record<string, Picker>;
