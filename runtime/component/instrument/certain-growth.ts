/**
 * Lets `memory.grow` fail for one reason only: that the maximum would be passed.
 *
 * A box that is short of memory may refuse pages that the module was promised. The guest would see
 * it, and do something else than on another box; so its turn is ended instead, without effects.
 */
import { Bytes } from '../bytes.ts';
import { editBody } from './body-edit.ts';
import { section } from './core-module.ts';
import type { FunctionBody } from './function-scan.ts';
import { InstructionWalk, instructionsOf } from './instruction-walk.ts';
import { signed, unsigned } from './leb.ts';
import { op } from './opcodes.ts';

const i32 = 0x7f;
const emptyBlock = 0x40;
const mostPages = 65_536;

/** Pages that the memory of a module may have; undefined where it has none of its own. */
export function maximumOf(sections: ReadonlyMap<number, Uint8Array>): number | undefined {
	const body = sections.get(section.memory);
	if (body === undefined) return undefined;
	const bytes = new Bytes(body);
	if (bytes.u32() === 0) return undefined;
	if (bytes.byte() !== 1) return mostPages;
	bytes.u32();
	return bytes.u32();
}

/** @param maximum undefined where the memory is another module's: how far that may grow is not known here */
export function certainGrowth(
	body: FunctionBody,
	{ parameters, maximum }: { parameters: number; maximum: number | undefined },
): FunctionBody {
	if (maximum === undefined) return body;
	if (!instructionsOf(body).growsMemory) return body;
	const reader = new InstructionWalk(body);
	const growths: { at: number; behind: number }[] = [];
	let isBehind = false;
	while (reader.read()) {
		const last = growths.at(-1);
		if (isBehind && last !== undefined) last.behind = reader.at;
		isBehind = reader.opcode === op.memoryGrow;
		if (isBehind) growths.push({ at: reader.at, behind: -1 });
	}
	const wanted = unsigned(parameters + body.locals);
	const given = unsigned(parameters + body.locals + 1);
	const check = [
		...[op.localTee, ...given],
		...[op.localGet, ...given, op.i32Const, ...signed(-1), op.i32Eq, op.if, emptyBlock],
		...[op.localGet, ...wanted, op.i32Const, ...signed(maximum), op.memorySize, 0, op.i32Sub, op.i32LeU],
		...[op.if, emptyBlock, op.unreachable, op.end, op.end],
	];
	const edits = growths.flatMap(({ at, behind }) => [
		{ at, code: [op.localTee, ...wanted] },
		{ at: behind, code: check },
	]);
	return editBody(body, edits, [i32, i32]);
}
