/**
 * CSV as the reader's spreadsheet opens it by a double click: with the mark of
 * UTF-8, and a semicolon between cells where a comma stands in decimals.
 */
export interface SpreadsheetQuery {
  bom: 'true';
  delimiter?: 'semicolon';
}

function hasDecimalComma(language: string): boolean {
  return new Intl.NumberFormat(language).formatToParts(1.5).some(({ type, value }) => type === 'decimal' && value === ',');
}

/** languages: as the browser prefers them; it has the region of the machine. */
export function spreadsheetQuery(languages: readonly string[] = navigator.languages): SpreadsheetQuery {
  return hasDecimalComma(languages[0] ?? 'en') ? { bom: 'true', delimiter: 'semicolon' } : { bom: 'true' };
}
