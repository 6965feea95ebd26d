/** Rows with their columns under each other. */
import { stripVTControlCharacters } from 'node:util';

export interface Column<Row> {
	readonly title: string;
	readonly of: (row: Row) => string;
	/** Figures stand at the right of their column. */
	readonly isRight?: boolean;
}

/** Lines of text; `head` paints the line of titles. */
export function table<Row>({
	columns,
	rows,
	head = (line) => line,
}: {
	columns: readonly Column<Row>[];
	rows: readonly Row[];
	head?: (line: string) => string;
}): string {
	const cells = rows.map((row) => columns.map((column) => column.of(row)));
	const widths = columns.map(({ title }, at) =>
		Math.max(title.length, ...cells.map((row) => width(row[at] ?? ''))),
	);
	const line = (row: readonly string[]) =>
		row
			.map((cell, at) => {
				const gap = ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(cell)));
				return columns[at]?.isRight ? gap + cell : cell + gap;
			})
			.join('  ')
			.trimEnd();
	return [head(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n');
}

function width(cell: string): number {
	return stripVTControlCharacters(cell).length;
}
