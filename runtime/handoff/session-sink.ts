/** The box's player, as the coordinator sees it: takes the frames of one VM a session. */
import type { VmId } from '../vm/cell-protocol.ts';

export interface SessionSink {
	/** From now on only frames of `owner` (undefined: of nobody) are taken for the session. */
	assign(session: string, owner: VmId | undefined): void;

	/** The first frame the player does not have yet, and when it is due (us); zeros before the first. */
	position(session: string): SinkPosition;

	/** What would survive a power cut now; writes through to the disk first where there is one. */
	durable(session: string): Promise<SinkPlace>;

	/**
	 * Cuts what was played back to this place and wants `nextSequence` next: after a restart of the
	 * box, or of a session that had no checkpoint yet. Nobody owns the session meanwhile.
	 */
	rewind(session: string, place: SinkPlace): Promise<void>;
}

export interface SinkPosition {
	readonly nextSequence: number;
	readonly nextAtUs: number;
}

/** A place in what was played: the first `playedBytes` are exactly the frames before `nextSequence`. */
export interface SinkPlace {
	readonly nextSequence: number;
	readonly playedBytes: number;
}
