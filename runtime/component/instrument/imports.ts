/** The import section of a core module, entry by entry (core spec 5.5.5). */
import { Bytes } from '../bytes.ts';
import { ComponentError } from '../error.ts';

export const importKind = { function: 0, table: 1, memory: 2, global: 3 } as const;

export interface CoreImport {
	readonly from: string;
	readonly name: string;
	readonly kind: number;
	/** Index of the type of a function; 0 of anything else. */
	readonly type: number;
}

/** @throws ComponentError `not-a-component`, `instruction-unknown`, `import-unknown` */
export function* readImports(section: Uint8Array): Generator<CoreImport> {
	const bytes = new Bytes(section);
	const count = bytes.u32();
	if (count > bytes.left)
		throw new ComponentError('not-a-component', 'the core module announces more than it holds');
	for (let left = count; left > 0; left--) {
		const from = bytes.text();
		const name = bytes.text();
		const kind = bytes.byte();
		const type = kind === importKind.function ? bytes.u32() : 0;
		if (kind !== importKind.function) skipType(bytes, kind);
		yield { from, name, kind, type };
	}
}

const referenceTypes = [0x70, 0x6f];
const hasMaximum = 0x01;

function skipType(bytes: Bytes, kind: number): void {
	switch (kind) {
		case importKind.table:
			if (!referenceTypes.includes(bytes.byte())) throw unknown('a table of another type');
			skipLimits(bytes);
			return;
		case importKind.memory:
			skipLimits(bytes);
			return;
		case importKind.global:
			bytes.take(2);
			return;
		default:
			throw new ComponentError('import-unknown', 'the module imports what is no function, table or memory');
	}
}

function skipLimits(bytes: Bytes): void {
	const flags = bytes.byte();
	if (flags > hasMaximum) throw unknown('a table or memory that is 64-bit or shared');
	bytes.u32();
	if (flags === hasMaximum) bytes.u32();
}

function unknown(what: string): ComponentError {
	return new ComponentError('instruction-unknown', `the module imports ${what}`);
}
