/**
 * Which cell a VM lives in.
 *
 * A turn of a foreign component cannot be interrupted: it ends by itself or runs out of fuel. So
 * foreign ones share a cell in each domain among themselves, and keep nobody else waiting.
 */
import type { PreparedComponent } from '../component/prepare.ts';

const foreignEnding = '-foreign';

export function cellOf({ manifest, foreign }: Pick<PreparedComponent, 'manifest' | 'foreign'>): string {
	return foreign === undefined ? manifest.domain : `${manifest.domain}${foreignEnding}`;
}

/** Whether a cell of this name has to be able to link foreign components. */
export function isForForeign(cell: string): boolean {
	return cell.endsWith(foreignEnding);
}
