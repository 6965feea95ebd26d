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
	readonly bytesIn: number;
	readonly bytesOut: number;
}

export interface NetworkView {
	list(): readonly BasebandStatus[];
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
