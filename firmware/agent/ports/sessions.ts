/** Networks, and the sessions that pass from one to another. */
import type { Stop } from './stop.ts';

export interface BasebandStatus {
	readonly id: string;
	readonly kind: string;
	readonly range: 'wide' | 'short' | 'wired';
	readonly isUp: boolean;
	readonly signalDbm: number;
	readonly speedKbps: number;
	readonly costPerMb: number;
	/** Payload of services since the box started. */
	readonly bytesIn: number;
	readonly bytesOut: number;
	/**
	 * All that its interface carried since then, the box's own talk to its cloud included, as of the last count; undefined
	 * where it has none of its own.
	 */
	readonly wireBytesIn?: number | undefined;
	readonly wireBytesOut?: number | undefined;
}

export interface NetworkView {
	list(): readonly BasebandStatus[];
	/** Brings the bytes on the wire up to date; counters that cannot be read stay as they were. */
	count(): Promise<void>;
}

export interface SessionStatus {
	readonly id: string;
	readonly kind: string;
	readonly url: string;
	readonly state: string;
	/** The VM that owns the session. */
	readonly owner: string;
	readonly baseband: string;
	/** Microseconds since the epoch. */
	readonly openedAt: number;
	readonly handoffs: number;
}

export interface HandoffReport {
	readonly session: string;
	readonly from: string;
	readonly to: string;
	readonly isCommitted: boolean;
	/** Code of the failure, or empty. */
	readonly reason: string;
	/** Milliseconds by phase: `prepare`, `transfer`, `commit`. */
	readonly phasesMs: Readonly<Record<string, number>>;
}

export interface SessionManager {
	list(): readonly SessionStatus[];
	open(request: { kind: string; url: string; baseband: string }): Promise<{ id: string }>;
	close(request: { id: string }): Promise<void>;
	/** Resolves when the session has been committed to the baseband, or fails with the code of why not. */
	handoff(request: { id: string; baseband: string; signal: AbortSignal }): Promise<HandoffReport>;
	onEnded(listener: (ended: { session: string; reason: string }) => void): Stop;
	onHandoff(listener: (report: HandoffReport) => void): Stop;
}
