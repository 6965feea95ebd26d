// What a service keeps between its turns: a table of records with names, lists and bytes.

class Entry {
	next: Entry | null = null;

	constructor(
		readonly name: string,
		readonly words: string[],
		readonly bytes: Uint8Array,
		readonly weight: f64,
	) {}
}

const entries = new Map<string, Entry>();
let last: Entry | null = null;
let made: i32 = 0;

/** Adds so many records, of about 0.5 KiB each. */
export function keep(count: i32): void {
	for (; count > 0; count--) {
		const name = "entry " + made.toString();
		const words = new Array<string>();
		for (let i = 0; i < 4; i++) words.push("word " + (made + i).toString());
		const entry = new Entry(name, words, new Uint8Array(48), <f64>made);
		entry.next = last;
		last = entry;
		entries.set(name, entry);
		made++;
	}
}

/** A turn: it replaces records and leaves the old ones and the strings on the way behind as garbage. */
export function turn(count: i32): i32 {
	let found = 0;
	for (; count > 0; count--) {
		const name = "entry " + ((made * 7919 + count * 104729) % made).toString();
		if (!entries.has(name)) continue;
		const old = entries.get(name);
		const entry = new Entry(name, old.words.slice(0), new Uint8Array(48), old.weight + 1);
		entries.set(name, entry);
		found += entry.words.length;
	}
	return found;
}

/** What the bindings of a service do after every turn. */
export function settle(): void {
	__settleGarbage();
}

export function collect(): void {
	__collect();
}

export function bytes(): usize {
	return __managedBytes();
}
