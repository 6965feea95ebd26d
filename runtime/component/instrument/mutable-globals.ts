/** The globals of a module that are state: which they are, and of which type. */
import { Bytes } from '../bytes.ts';
import { ComponentError } from '../error.ts';
import { InstructionReader } from './instruction-reader.ts';
import { op } from './opcodes.ts';

export const globalType = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

/** `func` and `extern`. */
const references: readonly number[] = [0x70, 0x6f];
const numbers: readonly number[] = Object.values(globalType);

export interface MutableGlobal {
	readonly index: number;
	readonly type: number;
}

export interface MutableGlobals {
	readonly numbers: readonly MutableGlobal[];
	/** Whether one of them holds a reference, which no bits stand for. */
	readonly holdReferences: boolean;
}

/** @throws ComponentError `instruction-unknown`, `not-a-component` */
export function mutableGlobals(section: Uint8Array = new Uint8Array(1)): MutableGlobals {
	const bytes = new Bytes(section);
	const found: MutableGlobal[] = [];
	let holdReferences = false;
	const count = bytes.u32();
	for (let index = 0; index < count; index++) {
		const type = bytes.byte();
		const isMutable = bytes.byte() === 1;
		const isReference = references.includes(type);
		if (!isReference && !numbers.includes(type))
			throw new ComponentError(
				'instruction-unknown',
				'the module has a global of a type that no guest may use',
			);
		skipExpression(bytes, section);
		if (isMutable && isReference) holdReferences = true;
		else if (isMutable) found.push({ index, type });
	}
	return { numbers: found, holdReferences };
}

/** Constant expressions have no blocks, so the first `end` is theirs. */
function skipExpression(bytes: Bytes, section: Uint8Array): void {
	const from = section.length - bytes.left;
	const reader = new InstructionReader(section, from);
	while (reader.read()) {
		if (reader.opcode !== op.end) continue;
		bytes.take(reader.at + 1 - from);
		return;
	}
	throw new ComponentError('not-a-component', 'a global of the module has no end');
}
