/** What must be known of every open session after a power cut: one file a session, replaced whole. */
import type { Directory } from '../directory.ts';
import { anyText, oneOf, openObject, optional, read, whole } from '../field-rules.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import { HandoffError } from './handoff-error.ts';
import type { SinkPlace } from './session-sink.ts';

export interface JournalEntry {
	readonly session: string;
	readonly kind: string;
	readonly url: string;
	readonly preferred?: string | undefined;
	/** Who owns it; undefined: the platform. */
	readonly owner?: VmId | undefined;
	readonly baseband?: string | undefined;
	/** While a handoff is under way: to whom. */
	readonly target?: { readonly vm: VmId; readonly baseband: string } | undefined;
	/** Where in what was played the session begins. */
	readonly start: SinkPlace;
	/** Where to go on from; absent before the first checkpoint. */
	readonly safe?: SafePoint | undefined;
}

/** A state, and a place in what was played that is not before it. */
export interface SafePoint {
	readonly state: Uint8Array;
	/** The first frame that is not part of the state; at most `place.nextSequence`. */
	readonly nextSequence: number;
	readonly place: SinkPlace;
}

const format = 'mullion-session-1';
const suffix = '.session';

const words = anyText('a text');
const count = whole('a whole number', { least: 0 });
const place = openObject('a place', { nextSequence: count, playedBytes: count });

const headRule = openObject('an object', {
	format: oneOf([format]),
	session: words,
	kind: words,
	url: words,
	preferred: optional(words),
	owner: optional(count),
	baseband: optional(words),
	target: optional(openObject('a target', { vm: count, baseband: words })),
	start: place,
	safe: optional(openObject('a safe point', { stateBytes: count, nextSequence: count, place })),
});

export class SessionJournal {
	readonly #directory: Directory;

	constructor(directory: Directory) {
		this.#directory = directory;
	}

	/** Durable once it has resolved. Errors: those of `Directory.write`. */
	write(entry: JournalEntry): Promise<void> {
		return this.#directory.write(entry.session + suffix, encodeEntry(entry));
	}

	async remove(session: string): Promise<void> {
		await this.#directory.remove(session + suffix);
	}

	/** Every entry; a file that is none is removed and named in `malformed`. */
	async readAll(): Promise<{ entries: JournalEntry[]; malformed: string[] }> {
		const entries: JournalEntry[] = [];
		const malformed: string[] = [];
		for (const name of await this.#directory.list()) {
			const bytes = name.endsWith(suffix) ? await this.#directory.read(name) : undefined;
			const entry = bytes === undefined ? undefined : decodeEntry(bytes);
			if (entry !== undefined && entry.session + suffix === name) {
				entries.push(entry);
			} else if (bytes !== undefined) {
				await this.#directory.remove(name);
				malformed.push(name);
			}
		}
		return { entries, malformed };
	}
}

/** One line of JSON, then the bytes of the state. */
export function encodeEntry({ safe, ...entry }: JournalEntry): Uint8Array {
	const { state, ...point } = safe ?? { state: new Uint8Array() };
	const head = { format, ...entry, ...(safe && { safe: { ...point, stateBytes: state.length } }) };
	return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), state]);
}

/** Undefined for anything that `encodeEntry` would not have written. */
export function decodeEntry(bytes: Uint8Array): JournalEntry | undefined {
	const end = bytes.indexOf(0x0a);
	const state = new Uint8Array(bytes.subarray(end + 1));
	try {
		const head: unknown = JSON.parse(Buffer.from(bytes.subarray(0, Math.max(0, end))).toString());
		const { format: _, safe, ...entry } = read(headRule, head, { refuse: malformed });
		if (state.length !== (safe?.stateBytes ?? 0)) return undefined;
		if (safe === undefined) return entry;
		const { nextSequence, place } = safe;
		return nextSequence <= place.nextSequence
			? { ...entry, safe: { state, nextSequence, place } }
			: undefined;
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof HandoffError) {
			return undefined;
		}
		throw error;
	}
}

function malformed(why: string): HandoffError {
	return new HandoffError('journal-malformed', why);
}
