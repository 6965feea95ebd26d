/** Puts a component that imports nothing into one that exports it as an interface. */
import { sectionsOf } from '../../runtime/component/bytes.ts';
import { ComponentError } from '../../runtime/component/error.ts';
import { concat, sized } from '../../runtime/component/instrument/leb.ts';

/** Without a version, as glue names it. */
export const interfaceName = 'suite:script/it';

const preamble = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
/** Component-model Binary.md: ids of sections. */
const section = { component: 4, instance: 5, import: 10, export: 11 } as const;
/** One instance, of component 0, with no arguments. */
const instances = [1, 0x00, 0, 0];
const instanceSort = 0x05;

/**
 * Glue takes functions outside of an interface, but no types; scripts export both. Undefined for
 * one that has imports.
 */
export function wrapped(component: Uint8Array): Uint8Array | undefined {
	if (hasImports(component)) return undefined;
	const exports = [1, 0x00, ...sized(new TextEncoder().encode(interfaceName)), instanceSort, 0, 0x00];
	return concat([
		preamble,
		[section.component],
		sized(component),
		[section.instance],
		sized(instances),
		[section.export],
		sized(exports),
	]);
}

function hasImports(component: Uint8Array): boolean {
	try {
		return [...sectionsOf(component)].some(({ id }) => id === section.import);
	} catch (error) {
		// Whoever reads the whole will say so.
		if (error instanceof ComponentError) return false;
		throw error;
	}
}
