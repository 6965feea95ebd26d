// A heap as services have it: objects that refer to each other, text, numbers, and what was left of earlier ones.

class Station {
	constructor(
		public id: u32,
		public name: string,
		public signal: f64,
		public tags: string[],
		public next: Station | null,
	) {}
}

const many = 1200;
const stations = new StaticArray<Station | null>(many);
let seed: u32 = 1;

function random(below: u32): u32 {
	seed ^= seed << 13;
	seed ^= seed >>> 17;
	seed ^= seed << 5;
	return seed % below;
}

/** Replaces every object by another one: about a megabyte of memory changes. */
export function replace(): void {
	for (let at = 0; at < many; at++) {
		const tags = new Array<string>();
		for (let left = random(4); left > 0; left--) tags.push("tag " + random(1000).toString());
		const name = "station " + at.toString() + " of " + random(100000).toString();
		stations[at] = new Station(random(1 << 30), name, <f64>random(1 << 20) / 7, tags, null);
	}
	for (let at = 0; at < many; at++) stations[at]!.next = stations[random(many)];
}
