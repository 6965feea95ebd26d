/**
 * Names of the timers that run. A number is used once only, so that a timer which had run out just
 * before it was cancelled or set anew is not mistaken for its successor.
 */
class Running {
	constructor(
		readonly name: string,
		readonly repeats: bool,
	) {}
}

export class Timers {
	private byId: Map<u32, Running> = new Map<u32, Running>();
	private ids: Map<string, u32> = new Map<string, u32>();
	private last: u32 = 0;

	add(name: string, repeats: bool): u32 {
		const id = ++this.last;
		this.byId.set(id, new Running(name, repeats));
		this.ids.set(name, id);
		return id;
	}

	/** Returns the number it had, or 0. */
	remove(name: string): u32 {
		if (!this.ids.has(name)) return 0;
		const id = this.ids.get(name);
		this.ids.delete(name);
		this.byId.delete(id);
		return id;
	}

	/** Name of the timer that has run out; null for one that was cancelled meanwhile. */
	expire(id: u32): string | null {
		if (!this.byId.has(id)) return null;
		const timer = this.byId.get(id);
		if (!timer.repeats) this.remove(timer.name);
		return timer.name;
	}
}
