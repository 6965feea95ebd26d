/** Names of the topics that the manifest declares, by the numbers that travel in messages. */

/** No topic of the manifest: the platform denies what is sent there. */
export const noTopic: u32 = u32.MAX_VALUE;

export class Topics {
	private ids: Map<string, u32> = new Map<string, u32>();

	constructor(private names: string[]) {
		for (let id = 0; id < names.length; id++) this.ids.set(names[id], id);
	}

	idOf(name: string): u32 {
		return this.ids.has(name) ? this.ids.get(name) : noTopic;
	}

	/** "" for a number that the platform never gave out. */
	nameOf(id: u32): string {
		return id < <u32>this.names.length ? this.names[id] : "";
	}
}
