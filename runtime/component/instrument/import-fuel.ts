/**
 * Gives a module its fuel from outside: one more import in front of its own globals.
 *
 * Several instances of one component call each other without the host between them. What bounds
 * such a call is one tank for all of them, and a tank that several modules share can only be
 * imported. Imported globals come first in the index space, so whatever names one of the module's
 * own is counted up by one: instructions, exports, and the expressions of initial values.
 */
import { Bytes, type Section, sectionsOf } from '../bytes.ts';
import { ComponentError } from '../error.ts';
import { section } from './core-module.ts';
import { importKind, readImports } from './imports.ts';
import { InstructionReader } from './instruction-reader.ts';
import { concat, sized, unsigned } from './leb.ts';
import { op } from './opcodes.ts';

/** Where the tank is imported from; a module that imports from there by itself is refused. */
export const fuelImport = { from: 'mullion:fuel', name: 'tank' } as const;

export interface WithImportedFuel {
	readonly core: Uint8Array<ArrayBuffer>;
	/** Index of the global that holds the fuel. */
	readonly fuel: number;
}

/**
 * @param core a valid module
 * @throws ComponentError `not-a-component`, `instruction-unknown`, `import-unknown`, `export-reserved`
 */
export function importFuel(core: Uint8Array): WithImportedFuel {
	const sections = [...sectionsOf(core)];
	const imports = sections.find(({ id }) => id === section.import)?.body ?? new Uint8Array(1);
	let fuel = 0;
	for (const { from, kind } of readImports(imports)) {
		if (from === fuelImport.from)
			throw new ComponentError(
				'export-reserved',
				`the module imports from "${from}", which is the platform's`,
			);
		if (kind === importKind.global) fuel++;
	}
	const moved = new Renumbering(fuel);
	const rest = sections.filter(({ id }) => id !== section.import).map((each) => moved.section(each));
	const place = rest.findIndex(({ id }) => id !== section.custom && id !== section.type);
	rest.splice(place === -1 ? rest.length : place, 0, { id: section.import, body: withTank(imports) });
	const parts = rest.flatMap(({ id, body }) => [[id, ...unsigned(body.length)], body]);
	return { core: concat([core.subarray(0, 8), ...parts]), fuel };
}

function withTank(imports: Uint8Array): Uint8Array {
	const bytes = new Bytes(imports);
	const count = bytes.u32();
	const name = (text: string) => sized(new TextEncoder().encode(text));
	const mutableI32 = [importKind.global, 0x7f, 0x01];
	return concat([
		unsigned(count + 1),
		bytes.take(bytes.left),
		name(fuelImport.from),
		name(fuelImport.name),
		mutableI32,
	]);
}

/** The sections of a module whose globals from `first` on have moved up by one. */
class Renumbering {
	readonly #first: number;

	constructor(first: number) {
		this.#first = first;
	}

	section({ id, body }: Section): Section {
		switch (id) {
			case section.global:
				return { id, body: this.#globals(new Bytes(body)) };
			case section.export:
				return { id, body: this.#exports(new Bytes(body)) };
			case section.element:
				return { id, body: this.#elements(new Bytes(body)) };
			case section.data:
				return { id, body: this.#data(new Bytes(body)) };
			case section.code:
				return { id, body: this.#code(new Bytes(body)) };
			default:
				return { id, body };
		}
	}

	#globals(bytes: Bytes): Uint8Array {
		return vector(bytes, () => [bytes.take(2), this.#expression(bytes)]);
	}

	#exports(bytes: Bytes): Uint8Array {
		return vector(bytes, () => {
			const name = bytes.take(bytes.u32());
			const kind = bytes.byte();
			const index = bytes.u32();
			const renamed = kind === importKind.global ? this.#index(index) : index;
			return [sized(name), [kind], unsigned(renamed)];
		});
	}

	/** Core spec 5.5.12: bit 0 passive or declared, bit 1 with an index or declared, bit 2 expressions. */
	#elements(bytes: Bytes): Uint8Array {
		return vector(bytes, () => {
			const flags = bytes.u32();
			if (flags > 7) throw new ComponentError('not-a-component', 'an element segment is of no known kind');
			const isActive = (flags & 1) === 0;
			const parts: (Uint8Array | number[])[] = [unsigned(flags)];
			if (isActive && (flags & 2) !== 0) parts.push(unsigned(bytes.u32()));
			if (isActive) parts.push(this.#expression(bytes));
			if ((flags & 3) !== 0) parts.push([bytes.byte()]);
			const count = bytes.u32();
			parts.push(unsigned(count));
			for (let left = count; left > 0; left--)
				parts.push((flags & 4) === 0 ? unsigned(bytes.u32()) : this.#expression(bytes));
			return parts;
		});
	}

	/** Core spec 5.5.14: 0 active, 1 passive, 2 active with the index of a memory. */
	#data(bytes: Bytes): Uint8Array {
		return vector(bytes, () => {
			const flags = bytes.u32();
			if (flags > 2) throw new ComponentError('not-a-component', 'a data segment is of no known kind');
			const parts: (Uint8Array | number[])[] = [unsigned(flags)];
			if (flags === 2) parts.push(unsigned(bytes.u32()));
			if (flags !== 1) parts.push(this.#expression(bytes));
			const length = bytes.u32();
			return [...parts, unsigned(length), bytes.take(length)];
		});
	}

	#code(bytes: Bytes): Uint8Array {
		return vector(bytes, () => {
			const body = bytes.take(bytes.u32());
			const locals = new Bytes(body);
			for (let left = locals.u32(); left > 0; left--) {
				locals.u32();
				locals.byte();
			}
			const from = body.length - locals.left;
			const moved = concat([body.subarray(0, from), this.#instructions(body, from, body.length)]);
			return [unsigned(moved.length), moved];
		});
	}

	/** Up to the `end` that closes it. */
	#expression(bytes: Bytes): Uint8Array {
		const rest = bytes.rest();
		const reader = new InstructionReader(rest, 0);
		while (reader.read()) {
			if (reader.opcode !== op.end) continue;
			bytes.take(reader.end);
			return this.#instructions(rest, 0, reader.end);
		}
		throw new ComponentError('not-a-component', 'an expression of the core module has no end');
	}

	#instructions(body: Uint8Array, from: number, to: number): Uint8Array {
		const parts: (Uint8Array | number[])[] = [];
		const reader = new InstructionReader(body, from);
		let copied = from;
		while (reader.end < to && reader.read()) {
			if (reader.opcode !== op.globalGet && reader.opcode !== op.globalSet) continue;
			if (reader.index < this.#first) continue;
			parts.push(body.subarray(copied, reader.at), [reader.opcode, ...unsigned(reader.index + 1)]);
			copied = reader.end;
		}
		return concat([...parts, body.subarray(copied, to)]);
	}

	#index(index: number): number {
		return index < this.#first ? index : index + 1;
	}
}

function vector(bytes: Bytes, element: () => readonly (Uint8Array | readonly number[])[]): Uint8Array {
	const count = bytes.u32();
	const parts: (Uint8Array | readonly number[])[] = [unsigned(count)];
	for (let left = count; left > 0; left--) parts.push(...element());
	return concat(parts);
}
