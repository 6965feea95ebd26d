/** What the kernel counted on each network: the port behind which `/sys/class/net` sits. */
export interface InterfaceCounters {
	/**
	 * Bytes on the wire since the counters were last zero, by baseband id. They start over when an
	 * interface is made anew; networks without an interface are left out.
	 */
	read(): Promise<ReadonlyMap<string, Traffic>>;
}

export interface Traffic {
	readonly bytesUp: number;
	readonly bytesDown: number;
}

/** Counters that say what they are told: the double of `InterfaceCounters`. */
export class SimulatedCounters implements InterfaceCounters {
	readonly #traffic = new Map<string, Traffic>();

	async read(): Promise<ReadonlyMap<string, Traffic>> {
		return new Map(this.#traffic);
	}

	set(baseband: string, traffic: Traffic): void {
		this.#traffic.set(baseband, traffic);
	}

	remove(baseband: string): void {
		this.#traffic.delete(baseband);
	}
}
