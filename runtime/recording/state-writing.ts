/** The state that a recording begins with, as a part of it: the message `State`, written by hand as the turns are. */
import { delimited, fieldText } from './wire-size.ts';
import { delimitedTag, putBytes, putFieldText, putTagged } from './wire-write.ts';

export interface RecordedState {
	/** Packed with Zstandard, as `hibernate` leaves it. */
	readonly snapshot: Uint8Array;
	/** What the key-value bucket of the VM holds. */
	readonly stored: ReadonlyMap<string, Uint8Array>;
}

/** Its tag in a recording, `Recording.state`. */
export const stateTag = delimitedTag(4);

export function framedState({ snapshot, stored }: RecordedState): Uint8Array<ArrayBuffer> {
	let size = delimited(snapshot.length);
	for (const [key, value] of stored) size += delimited(sizeOfEntry(key, value));
	const bytes = new Uint8Array(delimited(size));
	let to = putTagged(bytes, 0, stateTag, size);
	to = putBytes(bytes, to, delimitedTag(1), snapshot);
	for (const [key, value] of stored) {
		to = putTagged(bytes, to, delimitedTag(2), sizeOfEntry(key, value));
		to = putFieldText(bytes, to, delimitedTag(1), key);
		to = putBytes(bytes, to, delimitedTag(2), value);
	}
	return bytes;
}

function sizeOfEntry(key: string, value: Uint8Array): number {
	return fieldText(key) + delimited(value.length);
}
