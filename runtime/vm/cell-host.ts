/** Where a cell runs, as a port: a thread of its own on the box, the same thread in tests and tools. */
import type { CellCommand, CellReport } from './cell-protocol.ts';
import type { Heartbeat } from './heartbeat.ts';

export interface CellHandle {
	readonly heartbeat: Heartbeat;
	/** Where other cells wake it: see `bus/doorbell.ts`. */
	readonly bell: SharedArrayBuffer;
	send(command: CellCommand): void;
	/** Ends it wherever it is. Resolves when nothing of it runs any more; `onLost` is not called. */
	terminate(): Promise<void>;
}

export interface CellHost {
	spawn(options: {
		readonly name: string;
		readonly onReports: (reports: CellReport[]) => void;
		/** The cell ended by itself: an error of the platform's own. */
		readonly onLost: (why: string) => void;
	}): CellHandle;
}
