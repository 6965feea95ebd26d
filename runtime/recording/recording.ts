/** A recording as a file: its opening, its turns, and an ending that shows whether all of it is there. */
import { ContractError } from '../../proto/host/codec.ts';
import { Ending, Opening, State } from '../../proto/host/recording/recording.ts';
import { RecordingError } from './error.ts';
import { stateTag } from './state-writing.ts';
import { decodeTurn, type TurnRecord, turnTag } from './turn-record.ts';
import { WireReader } from './wire-reader.ts';
import { delimited } from './wire-size.ts';
import { delimitedTag, putBytes } from './wire-write.ts';

export interface Recording {
	readonly opening: Opening;
	/** Where the VM went on from; undefined where it started. */
	readonly state?: State;
	/** In their order, from turn 0 on, the start; where there is a state, from turn 1 on. */
	readonly turns: readonly TurnRecord[];
	/** Why it ends. */
	readonly why: string;
}

const openingTag = delimitedTag(1);
const endingTag = delimitedTag(3);

/** The first part of a recording. */
export function framedOpening(opening: Opening): Uint8Array<ArrayBuffer> {
	return framed(openingTag, Opening.encode(opening));
}

/** The whole of a recording whose other parts are `parts`. */
export async function finished(parts: Uint8Array, why: string): Promise<Uint8Array<ArrayBuffer>> {
	const ending = framed(endingTag, Ending.encode({ why, sha256: await sealOf(parts, why) }));
	const whole = new Uint8Array(parts.length + ending.length);
	whole.set(parts);
	whole.set(ending, parts.length);
	return whole;
}

/** How many of the bytes are whole parts of a recording: what came before a reader was cut off. */
export function wholeLength(bytes: Uint8Array): number {
	const reader = new WireReader(bytes);
	let length = 0;
	try {
		while (reader.tag() !== 0) {
			reader.bytes();
			length = reader.position;
		}
	} catch (error) {
		if (!(error instanceof RecordingError)) throw error;
	}
	return length;
}

/** Payloads are views of `bytes`. @throws RecordingError `malformed-recording` */
export async function readRecording(bytes: Uint8Array): Promise<Recording> {
	const reader = new WireReader(bytes);
	const turns: TurnRecord[] = [];
	let state: State | undefined;
	try {
		if (reader.tag() !== openingTag) throw broken('it has no opening');
		const opening = Opening.decode(reader.bytes());
		let end = reader.position;
		for (let tag = reader.tag(); tag !== 0; end = reader.position, tag = reader.tag()) {
			if (tag === turnTag)
				turns.push(inOrder(decodeTurn(reader.bytes()), turns.length + (state === undefined ? 0 : 1)));
			else if (tag === stateTag) {
				if (state !== undefined || turns.length > 0) throw broken('its state is not where it begins');
				state = State.decode(reader.bytes());
			} else if (tag === endingTag) {
				const { why, sha256: said } = Ending.decode(reader.bytes());
				const whole = await sealOf(bytes.subarray(0, end), why);
				if (reader.tag() !== 0 || said.toHex() !== whole.toHex())
					throw broken('it was changed after it was made');
				if (turns.length === 0) throw broken('it has no turns');
				return { opening, turns, why, ...(state && { state }) };
			} else reader.skip(tag);
		}
		throw broken('it is cut off: it has no ending');
	} catch (cause) {
		if (cause instanceof RecordingError && cause.code === 'malformed-recording') throw cause;
		if (cause instanceof RecordingError || cause instanceof ContractError)
			throw broken(cause.message, { cause });
		throw cause;
	}
}

function inOrder(record: TurnRecord, at: number): TurnRecord {
	if (record.turn !== at) throw broken(`turn ${record.turn} stands where turn ${at} should`);
	return record;
}

function framed(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(delimited(content.length));
	putBytes(bytes, 0, tag, content);
	return bytes;
}

async function sealOf(parts: Uint8Array, why: string): Promise<Uint8Array> {
	const reason = new TextEncoder().encode(why);
	const all = new Uint8Array(parts.length + reason.length);
	all.set(parts);
	all.set(reason, parts.length);
	return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

function broken(what: string, options?: ErrorOptions): RecordingError {
	return new RecordingError('malformed-recording', `this is no whole recording: ${what}`, options);
}
