/** What is kept of a recording beside its bytes: what its module noted, and how it has ended. */
import { anyText, made, object, optional, read, text, whole } from '../../field-rules.ts';

export interface About {
	/** The module's own, up to `longestNote` bytes. */
	readonly note: Uint8Array;
	/** Once it has ended. */
	readonly end?: RecordingEnd;
}

export interface RecordingEnd {
	/** Empty where it is what its module wanted of it; else why it ended before. */
	readonly code: string;
	readonly bytes: number;
	/** Hexadecimal, of what is on the disk. */
	readonly sha256: string;
	/** Microseconds since the Unix epoch. */
	readonly atUs: number;
}

export const longestNote = 4096;
export const longestCode = 64;

const about = object('an object', {
	note: made('base64', anyText('base64'), (base64): Uint8Array => Uint8Array.fromBase64(base64)),
	end: optional(
		object('an object', {
			code: anyText('a code', longestCode),
			bytes: whole('a number of bytes', { least: 0 }),
			sha256: text('a digest', /^[0-9a-f]{64}$/),
			atUs: whole('a time', { least: 0 }),
		}),
	),
});

export function encodeAbout({ note, end }: About): Uint8Array {
	return new TextEncoder().encode(JSON.stringify({ note: note.toBase64(), ...(end && { end }) }));
}

/** Undefined for what is none: a cut leaves no such thing, a damaged disk may. */
export function decodeAbout(bytes: Uint8Array): About | undefined {
	try {
		const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
		return read(about, json, { refuse: (why) => new Error(why) });
	} catch {
		return undefined;
	}
}
