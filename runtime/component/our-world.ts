/** Whether a core module looks like one of our own world: by the names in its sections, without compiling it. */
import { Bytes, sectionsOf } from './bytes.ts';
import { ComponentError } from './error.ts';
import { exportKind } from './instrument/additions.ts';
import { section } from './instrument/core-module.ts';
import { readImports } from './instrument/imports.ts';

const guestInterface = 'mullion:service/guest@0.1.0';

/** By name, what every service exports. */
const ourExports: ReadonlyMap<string, number> = new Map([
	['memory', exportKind.memory],
	['cabi_realloc', exportKind.function],
	[`${guestInterface}#start`, exportKind.function],
	[`${guestInterface}#turn`, exportKind.function],
]);

/**
 * True where it exports what a service does and imports from nowhere but us.
 *
 * @param core need not be valid; what cannot be read is not ours
 * @param provided interfaces that may be imported
 */
export function isOurWorld(core: Uint8Array, provided: ReadonlyMap<string, unknown>): boolean {
	try {
		let exported = 0;
		for (const { id, body } of sectionsOf(core)) {
			if (id === section.export) exported += countOurs(new Bytes(body));
			if (id !== section.import) continue;
			for (const { from } of readImports(body)) if (!provided.has(from)) return false;
		}
		return exported === ourExports.size;
	} catch (error) {
		if (error instanceof ComponentError) return false;
		throw error;
	}
}

/** No name is exported twice in a valid module. */
function countOurs(bytes: Bytes): number {
	let ours = 0;
	for (let left = bytes.u32(); left > 0; left--) {
		const name = bytes.text();
		const kind = bytes.byte();
		bytes.u32();
		if (ourExports.get(name) === kind) ours++;
	}
	return ours;
}
