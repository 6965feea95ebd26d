/**
 * What the boot loader and the updater tell each other: which slot to start, and how often to try.
 *
 * A copy of it is an environment of U-Boot, as `env import -c` reads it: CRC-32, `NAME=value` and NUL for each
 * variable, one NUL more, zeros up to 512 bytes. Numbers are hexadecimal without `0x`, as U-Boot counts.
 */
import { BootStateError } from './boot-state-error.ts';
import { crc32 } from './crc32.ts';

export type SlotName = 'a' | 'b';

export interface SlotState {
	/** Starts left until another slot is tried; 0 is: not to be started. */
	readonly left: number;
	/** It has run and was found healthy. */
	readonly isGood: boolean;
}

export interface BootState {
	/** One more with each write: of two whole copies the higher counts. */
	readonly seq: number;
	/** Which slot is tried first. */
	readonly order: readonly [SlotName, SlotName];
	readonly a: SlotState;
	readonly b: SlotState;
	/** The oldest release that may be installed. */
	readonly floor: number;
	/** The slot started last; undefined before the first start. */
	readonly tried?: SlotName | undefined;
	/** Of a slot on trial: how far it came, or why it was given up. Lower-case letters, digits and `-`. */
	readonly reason: string;
}

export const copyBytes = 512;
/** Where the copies are in their partition. */
export const copyPlaces = [0, 0x8000] as const;
export const mostReasonLetters = 64;
/** Starts that a slot gets to be found healthy in. */
export const triesGiven = 3;
/** Starts of a good slot: more, since somebody may just be switching the box off and on. */
export const startsOfGood = 8;

/** The reason in a state that took the place of one that was lost, until what runs was found healthy. */
export const lostReason = 'boot-state-lost';

/** What counts where both copies are lost: both slots may be tried, the first one first. */
export const lostBootState: BootState = {
	seq: 0,
	order: ['a', 'b'],
	a: { left: triesGiven, isGood: false },
	b: { left: triesGiven, isGood: false },
	floor: 0,
	reason: lostReason,
};

export function otherSlot(slot: SlotName): SlotName {
	return slot === 'a' ? 'b' : 'a';
}

/** @throws BootStateError `bad-boot-state` */
export function encodeBootState(state: BootState): Uint8Array {
	const variables = {
		a_good: state.a.isGood ? '1' : '0',
		a_left: state.a.left.toString(16),
		b_good: state.b.isGood ? '1' : '0',
		b_left: state.b.left.toString(16),
		floor: state.floor.toString(16),
		order: state.order.join(' '),
		reason: state.reason,
		seq: state.seq.toString(16),
		tried: state.tried ?? '',
	};
	// U-Boot has no empty variables.
	const lines = Object.entries(variables).filter(([, value]) => value !== '');
	const text = lines.map(([name, value]) => `${name}=${value}\0`).join('');
	const data = new Uint8Array(copyBytes - 4);
	const { read } = new TextEncoder().encodeInto(text, data.subarray(0, -1));
	const copy = new Uint8Array(copyBytes);
	copy.set(data, 4);
	new DataView(copy.buffer).setUint32(0, crc32(data), true);
	if (read < text.length || decodeBootState(copy)?.reason !== state.reason)
		throw new BootStateError('bad-boot-state', `this cannot be a boot state: ${JSON.stringify(variables)}`);
	return copy;
}

/** Undefined where the copy is torn, damaged, or not a boot state. Variables it does not know it passes over. */
export function decodeBootState(copy: Uint8Array): BootState | undefined {
	if (copy.length !== copyBytes) return undefined;
	const data = copy.subarray(4);
	if (new DataView(copy.buffer, copy.byteOffset).getUint32(0, true) !== crc32(data)) return undefined;
	const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
	const end = text.indexOf('\0\0');
	if (end < 0) return undefined;
	const variables = new Map(text.slice(0, end).split('\0').map(parsedLine));

	const [, first, second] = /^([ab]) ([ab])$/.exec(variables.get('order') ?? '') ?? [];
	const seq = number(variables.get('seq'));
	const floor = number(variables.get('floor'));
	const a = slotState(variables, 'a');
	const b = slotState(variables, 'b');
	const tried = variables.get('tried');
	const reason = variables.get('reason') ?? '';
	if (seq === undefined || floor === undefined || a === undefined || b === undefined) return undefined;
	if (first === undefined || first === second) return undefined;
	if (tried !== undefined && !isSlotName(tried)) return undefined;
	if (reason.length > mostReasonLetters || !/^[a-z0-9-]*$/.test(reason)) return undefined;
	const order: BootState['order'] = first === 'a' ? ['a', 'b'] : ['b', 'a'];
	return { seq, order, a, b, floor, reason, ...(tried === undefined ? {} : { tried }) };
}

function parsedLine(line: string): [name: string, value: string] {
	const sign = line.indexOf('=');
	return sign < 0 ? [line, ''] : [line.slice(0, sign), line.slice(sign + 1)];
}

function slotState(variables: ReadonlyMap<string, string>, slot: SlotName): SlotState | undefined {
	const left = number(variables.get(`${slot}_left`));
	const good = variables.get(`${slot}_good`);
	if (left === undefined || left > 0xff || (good !== '0' && good !== '1')) return undefined;
	return { left, isGood: good === '1' };
}

/** Up to 12 digits: beyond, a seq would not count exactly. */
function number(text: string | undefined): number | undefined {
	return text !== undefined && /^[0-9a-f]{1,12}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}

function isSlotName(text: string): text is SlotName {
	return text === 'a' || text === 'b';
}
