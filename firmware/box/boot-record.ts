/** How a start went: what was done from when to when, up to the box that its operator can use. */

import type { BootPhase, BootSource, BootStage } from '../agent/ports.ts';

export interface BootRecordOptions {
	/** Milliseconds since the start began. */
	readonly now: () => number;
	/** What was before this program, and what goes on beside it. */
	readonly around?: () => Promise<readonly BootPhase[]>;
}

/** A start is over some day; what comes later is life. */
const most = 256;

export class BootRecord implements BootSource {
	readonly #now: () => number;
	readonly #around: () => Promise<readonly BootPhase[]>;
	readonly #phases: BootPhase[] = [];
	readonly #open = new Map<string, number>();
	readonly #closed = new Set<string>();

	constructor({ now, around = async () => [] }: BootRecordOptions) {
		this.#now = now;
		this.#around = around;
	}

	/** A phase ends when its work does, however that ends. */
	async during<Result>(stage: BootStage, name: string, work: () => Promise<Result>): Promise<Result> {
		this.begin(stage, name);
		try {
			return await work();
		} finally {
			this.end(stage, name);
		}
	}

	/** What began before, under this name, goes on; what has ended does not begin again. */
	begin(stage: BootStage, name: string): void {
		const key = `${stage} ${name}`;
		if (!this.#closed.has(key) && !this.#open.has(key) && this.#open.size < most)
			this.#open.set(key, this.#now());
	}

	/** Of what never began nothing is kept. */
	end(stage: BootStage, name: string): void {
		const key = `${stage} ${name}`;
		const startMs = this.#open.get(key);
		if (startMs === undefined || this.#phases.length >= most) return;
		this.#open.delete(key);
		this.#closed.add(key);
		this.#phases.push({ stage, name, startMs, endMs: this.#now() });
	}

	async phases(): Promise<readonly BootPhase[]> {
		return [...(await this.#around()), ...this.#phases].toSorted((a, b) => a.startMs - b.startMs);
	}
}
