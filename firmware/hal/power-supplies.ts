/** What feeds the board, as its kernel has it: a folder for each supply, a file for each attribute. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PowerSupplies } from '../../runtime/power/power-supplies.ts';
import { attributeNames, readingOf, type SupplyAttributes } from '../../runtime/power/supply-attributes.ts';

export const kernelSupplies = '/sys/class/power_supply';

/** More than any of them has to say. */
const longest = 64;

/** @param folder as `/sys/class/power_supply`; one that is missing is a board where nothing says anything */
export function powerSupplies(folder: string): PowerSupplies {
	return {
		// These files are made as they are read, and small: to wake the threads of a pool for each would cost more.
		read: async () => readingOf(namesIn(folder).map((name) => attributesOf(join(folder, name)))),
	};
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder).sort();
	} catch {
		return [];
	}
}

function attributesOf(folder: string): SupplyAttributes {
	return Object.fromEntries(attributeNames.map((name) => [name, read(join(folder, name))]));
}

/** Drivers lack attributes, and have some that fail for want of an answer. */
function read(file: string): string | undefined {
	try {
		return readFileSync(file, 'latin1').slice(0, longest).trim();
	} catch {
		return undefined;
	}
}
