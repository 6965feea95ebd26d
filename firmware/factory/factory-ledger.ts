/** Whose modules are on the box, and what they were under the firmware of the other slot. */
import type { Directory } from '../../runtime/directory.ts';
import type { DurabilityMode } from '../../runtime/module/manifest.ts';
import type { Unit } from '../../runtime/module/store-index.ts';
import type { Given } from './factory-plan.ts';

/** A module as one firmware had it. */
export interface Side {
	readonly unit: Unit;
	readonly durability: DurabilityMode;
	/** Names of its VMs. */
	readonly vms: readonly string[];
}

/** A module that the two have in different ways; a side that is missing did not have it. */
export interface Change {
	readonly name: string;
	readonly here?: Side | undefined;
	readonly there?: Side | undefined;
}

export interface Ledger {
	/** Firmware whose modules these are. */
	readonly firmware: string;
	/** False while they are being put there. */
	readonly isDone: boolean;
	readonly given: Given;
	/** How it was under the firmware before. */
	readonly other?:
		| { readonly firmware: string; readonly given: Given; readonly changes: readonly Change[] }
		| undefined;
	/** VMs of which more is kept than any firmware on the box can use. */
	readonly stale: readonly string[];
	/** What runs was found good, and what is stale is forgotten. */
	readonly isSettled: boolean;
}

const file = 'ledger';

/** Undefined where there is none, or a damaged one: the firmware that runs comes for the first time then. */
export async function readLedger(directory: Directory): Promise<Ledger | undefined> {
	const bytes = await directory.read(file);
	if (bytes === undefined) return undefined;
	try {
		const ledger = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Ledger> | null;
		const isWhole = typeof ledger?.firmware === 'string' && typeof ledger.given === 'object';
		return isWhole && Array.isArray(ledger.stale) ? (ledger as Ledger) : undefined;
	} catch {
		return undefined;
	}
}

/** Errors: `disk-full`, `io`. */
export function writeLedger(directory: Directory, ledger: Ledger): Promise<void> {
	return directory.write(file, new TextEncoder().encode(JSON.stringify(ledger)));
}

/** The same, seen from the other firmware, with those of its changes that nobody has touched since. */
export function turned(ledger: Ledger, isUntouched: (change: Change) => boolean): Ledger | undefined {
	const { other, firmware, given, stale } = ledger;
	if (other === undefined) return undefined;
	const changes = other.changes.filter(isUntouched);
	return {
		firmware: other.firmware,
		isDone: false,
		given: other.given,
		other: {
			firmware,
			given,
			changes: changes.map(({ name, here, there }) => ({ name, here: there, there: here })),
		},
		stale,
		isSettled: false,
	};
}
