/** Names of the topics that the manifest declares, by the numbers that travel in messages. */

/** No topic of the manifest: the platform denies what is sent there. */
export const noTopic: u32 = u32.MAX_VALUE;

export class Topics {
	private ids: Map<string, u32> = new Map<string, u32>();

	constructor(private names: string[]) {
		for (let id = 0; id < names.length; id++) this.ids.set(names[id], id);
	}

	/** Of a container: more of them, some of which it may know. `first` is the number of the first of these. */
	learn(first: u32, names: string[]): void {
		for (let at = 0; at < names.length; at++) {
			if (first + at != <u32>this.names.length) continue;
			this.ids.set(names[at], this.names.length);
			this.names.push(names[at]);
		}
	}

	idOf(name: string): u32 {
		return this.ids.has(name) ? this.ids.get(name) : noTopic;
	}

	/** "" for a number that the platform never gave out. */
	nameOf(id: u32): string {
		return id < <u32>this.names.length ? this.names[id] : "";
	}
}
