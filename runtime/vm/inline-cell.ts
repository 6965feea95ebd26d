/**
 * Cells without a thread: the double of `CellHost`, and the way to embed the runtime as a library.
 *
 * Turns run in microtasks after the call that made them ready. A turn that never ends cannot be
 * stopped here.
 */
import type { Clock } from '../clock.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import { Cell } from './cell.ts';
import type { CellHandle, CellHost } from './cell-host.ts';
import type { CellCommand, CellReport } from './cell-protocol.ts';
import { Heartbeat } from './heartbeat.ts';

export interface InlineCellOptions {
	readonly linkForeign?: ForeignLinker;
}

export function inlineCells(clock: Clock, { linkForeign }: InlineCellOptions = {}): CellHost {
	return {
		spawn: ({ onReports }): CellHandle => {
			const heartbeat = new Heartbeat();
			const commands: CellCommand[] = [];
			let isScheduled = false;
			let isOver = false;
			const schedule = (): void => {
				if (isScheduled) return;
				isScheduled = true;
				queueMicrotask(() => {
					isScheduled = false;
					for (const command of commands.splice(0)) if (!isOver) cell.accept(command);
					if (!isOver && cell.run(64)) schedule();
				});
			};
			const report = (reports: CellReport[]): void => {
				if (!isOver) queueMicrotask(() => onReports(reports));
			};
			const cell = new Cell({ clock, heartbeat, linkForeign, report, wake: schedule });
			return {
				heartbeat,
				send: (command) => {
					commands.push(command);
					schedule();
				},
				terminate: async () => {
					isOver = true;
				},
			};
		},
	};
}
