/** How long each step of a handoff may take, and how much of anything is kept. */
export interface HandoffLimits {
	/** A VM may have to be fetched over a slow network first. */
	readonly provideMs: number;
	readonly openMs: number;
	readonly quiesceMs: number;
	/** Shorter than the least read-ahead of a player: its source asks for nothing new meanwhile. */
	readonly prepareMs: number;
	readonly transferMs: number;
	readonly takeMs: number;
	readonly releaseMs: number;
	/** Bytes of state that may be moved, and of a checkpoint that is kept. */
	readonly stateBytes: number;
	/** Least time between two checkpoints of one session in the journal. */
	readonly journalMs: number;
	/** A network on which a session could not go on is left alone this long, doubled each time. */
	readonly retryMs: number;
	readonly retryMostMs: number;
	/** Handoffs remembered. */
	readonly records: number;
}

export const usualHandoffLimits: HandoffLimits = {
	provideMs: 120_000,
	openMs: 3000,
	quiesceMs: 1000,
	prepareMs: 3000,
	transferMs: 1000,
	takeMs: 1000,
	releaseMs: 1000,
	stateBytes: 4 * 1024 * 1024,
	journalMs: 1000,
	retryMs: 1000,
	retryMostMs: 60_000,
	records: 256,
};
