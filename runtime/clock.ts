/** Time as a port: nothing in the runtime reads a clock or arms a timer of its own. */
export interface Clock {
	/** Microseconds since the Unix epoch; never goes back. */
	now(): number;
	/** Calls `fire` once, `delayMs` from now at the earliest. */
	after(delayMs: number, fire: () => void): Timer;
}

export interface Timer {
	/** After this the timer never fires; cancelling twice is harmless. */
	cancel(): void;
}
