/**
 * Damages modules: bytes, lengths, sections and single instructions, the same way for the same seed.
 *
 * Byte damage mostly makes what no engine takes; a changed instruction, label or constant mostly
 * makes what runs and does something that its author never thought of.
 */
import { Bytes, type Section, sectionsOf } from '../bytes.ts';
import { InstructionReader } from '../instrument/instruction-reader.ts';
import { concat, unsigned } from '../instrument/leb.ts';

const preambleBytes = 8;
const codeSection = 10;

/** Opcodes of the same type, of which each can stand for each. */
const alike: readonly (readonly [from: number, to: number])[] = [
	[0x46, 0x4f],
	[0x51, 0x5a],
	[0x61, 0x66],
	[0x67, 0x69],
	[0x6a, 0x78],
	[0x7c, 0x8a],
	[0x8b, 0x91],
	[0x92, 0x98],
	[0x99, 0x9f],
	[0xa0, 0xa6],
];
/** Instructions with one small number behind them: labels, functions, locals, globals, constants. */
const indexed = [0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x41];

/** Numbers from 0 up to, but not including, `most` (Mulberry32). */
export function seeded(seed: number): (most: number) => number {
	let state = seed >>> 0;
	return (most) => {
		state = (state + 0x6d2b_79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * most);
	};
}

type Random = (most: number) => number;

/** Damage to any binary of sections, module or component. */
export function damaged(binary: Uint8Array, random: Random): Uint8Array {
	switch (random(5)) {
		case 0:
			return flipped(binary, random);
		case 1:
			return binary.subarray(0, random(binary.length));
		case 2:
			return withOtherSections(binary, random);
		case 3:
			return withWrongNumber(binary, random);
		default: {
			const at = random(binary.length);
			const length = random(16);
			return concat([binary.subarray(0, at), binary.subarray(at + length)]);
		}
	}
}

function flipped(binary: Uint8Array, random: Random): Uint8Array {
	const bytes = binary.slice();
	for (let left = 1 + random(4); left > 0; left--) bytes[random(bytes.length)] = random(256);
	return bytes;
}

function withOtherSections(binary: Uint8Array, random: Random): Uint8Array {
	const sections = [...sectionsOf(binary)];
	const [one, other] = [random(sections.length), random(sections.length)];
	const [first, second] = [sections[one] as Section, sections[other] as Section];
	switch (random(4)) {
		case 0:
			sections.splice(one, 1, second);
			sections.splice(other, 1, first);
			break;
		case 1:
			sections.splice(one, 1);
			break;
		case 2:
			sections.splice(one, 0, second);
			break;
		default:
			sections.splice(one, 1, { id: random(14), body: first.body });
	}
	return fromSections(binary, sections);
}

/** A number, or what may be one, is a very large one, or longer than it has to be. */
function withWrongNumber(binary: Uint8Array, random: Random): Uint8Array {
	const numbers = [
		unsigned(0xffff_ffff),
		[0x80, 0x80, 0x80, 0x80, 0x00],
		[0xff, 0xff, 0xff, 0xff, 0x7f],
		unsigned(random(1 << 20)),
	];
	const at = random(binary.length);
	return concat([
		binary.subarray(0, at),
		numbers[random(numbers.length)] ?? [],
		binary.subarray(at + random(2)),
	]);
}

/** One to three instructions of a core module are others; most often it stays valid. */
export function mutated(core: Uint8Array, random: Random): Uint8Array {
	const bytes = core.slice();
	const code = [...sectionsOf(bytes)].find(({ id }) => id === codeSection);
	if (code === undefined) return bytes;
	const reader = new Bytes(code.body);
	const bodies = Array.from({ length: reader.u32() }, () => reader.take(reader.u32()));
	for (let left = 1 + random(3); left > 0; left--) {
		const body = bodies[random(bodies.length)];
		if (body !== undefined) mutateBody(body, random);
	}
	return bytes;
}

function mutateBody(body: Uint8Array, random: Random): void {
	const locals = new Bytes(body);
	for (let left = locals.u32(); left > 0; left--) {
		locals.u32();
		locals.byte();
	}
	const reader = new InstructionReader(body, body.length - locals.left);
	const places: number[] = [];
	while (reader.read())
		if (indexed.includes(reader.opcode) || rangeOf(reader.opcode) !== undefined) places.push(reader.at);
	const at = places[random(places.length)];
	if (at === undefined) return;
	const opcode = body[at] ?? 0;
	const range = rangeOf(opcode);
	if (range !== undefined) body[at] = range[0] + random(range[1] - range[0] + 1);
	// A number of one byte stays one.
	else if ((body[at + 1] ?? 0x80) < 0x80) body[at + 1] = random(opcode === 0x41 ? 128 : 12);
}

function rangeOf(opcode: number): readonly [number, number] | undefined {
	return alike.find(([from, to]) => opcode >= from && opcode <= to);
}

/** The component with another core module in place of its first. */
export function withCore(component: Uint8Array, core: Uint8Array): Uint8Array {
	const sections = [...sectionsOf(component)];
	const place = sections.findIndex(({ id }) => id === 1);
	sections.splice(place, 1, { id: 1, body: core });
	return fromSections(component, sections);
}

function fromSections(binary: Uint8Array, sections: readonly Section[]): Uint8Array {
	return concat([
		binary.subarray(0, preambleBytes),
		...sections.flatMap(({ id, body }) => [[id, ...unsigned(body.length)], body]),
	]);
}
