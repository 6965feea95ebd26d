/** Which cell a VM runs in. A cell is a thread with a heap of its own, 6 to 9 MB: a small box has fewer of them. */
import type { PreparedComponent } from '../component/prepare.ts';
import type { Domain, Priority } from '../module/manifest.ts';

export const placements = {
	/** One for each service domain and priority class that has VMs: `open-interactive`. */
	'domain-and-class': ({ domain, priority }) => `${domain}-${priority}`,
	/** One for each domain, and another for what of it is realtime: `open`, `open-realtime`. */
	'realtime-apart': ({ domain, priority }) => (priority === 'realtime' ? `${domain}-realtime` : domain),
	/** One for each domain, whose classes share its thread: `open`. */
	domain: ({ domain }) => domain,
} as const satisfies Record<string, (vm: { domain: Domain; priority: Priority }) => string>;

export type Placement = keyof typeof placements;

/** The name of the cell, from what the module's manifest says. */
export function cellName(
	vm: { readonly domain: Domain; readonly priority: Priority },
	placement: Placement = 'domain-and-class',
): string {
	return placements[placement](vm);
}

const foreignEnding = '-foreign';

/**
 * The name of the cell of foreign components. A turn of one cannot be interrupted: it ends by itself or runs
 * out of fuel. So those of a domain share a cell among themselves, and keep nobody else waiting.
 */
function foreignCellName({ domain }: { readonly domain: Domain }): string {
	return `${domain}${foreignEnding}`;
}

/** The name of the cell for VMs of this component. */
export function cellFor(
	{ manifest, foreign }: Pick<PreparedComponent, 'manifest' | 'foreign'>,
	placement: Placement | undefined,
): string {
	return foreign === undefined ? cellName(manifest, placement) : foreignCellName(manifest);
}

/** A name is a folder and a thread too. */
const longestName = 40;

/**
 * Whether a VM of this domain may be in a cell of this name. All that `placements` give begin with the domain, so that
 * no cell that was made for one domain ever has a name that another's VMs belong in.
 */
export function isCellOf(domain: Domain, cell: string): boolean {
	const isName = /^[a-z]+(-[a-z0-9]+)*$/.test(cell) && cell.length <= longestName;
	return isName && (cell === domain || cell.startsWith(`${domain}-`));
}

/** Whether a cell of this name has to be able to link foreign components. */
export function isForForeign(cell: string): boolean {
	return cell.endsWith(foreignEnding);
}
