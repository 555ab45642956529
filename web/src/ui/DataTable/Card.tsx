/** A row where columns have no room: its name, what stands beside it, and below all others that say something. */
import type { Column } from './columns.ts';
import styles from './DataTable.module.css';

export type Fact<Row> = Pick<Column<Row>, 'name' | 'label' | 'cell' | 'isBeside' | 'isNamed'>;

/** What stands beside the name, wherever it is in the order, and what stands below. */
export function partsOfCard<Column extends Pick<Fact<never>, 'isBeside'>>(columns: readonly Column[]) {
  const beside = columns.length > 1 ? columns.find((column) => column.isBeside) : undefined;
  const [first, ...others] = columns.filter((column) => column !== beside);
  return { first, beside, others };
}

export function Card<Row>({ row, columns }: { row: Row; columns: Fact<Row>[] }) {
  const { first, beside, others } = partsOfCard(columns);
  return (
    <>
      <div className={styles.top}>
        <span>{first?.cell(row)}</span>
        {beside && <span>{beside.isNamed && `${beside.label} `}{beside.cell(row)}</span>}
      </div>
      <div className={styles.under}>
        {others.map(({ name, label, isNamed, cell }) => (
          <span key={name} className={styles.fact}>
            {isNamed && <span className={styles.label}>{label}:</span>}
            <span className={styles.what}>{cell(row)}</span>
          </span>
        ))}
      </div>
    </>
  );
}
