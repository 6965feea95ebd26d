/**
 * Cells without a thread: the double of `CellHost`, and the way to embed the runtime as a library.
 *
 * Turns run in microtasks after the call that made them ready. A turn that never ends cannot be
 * stopped here.
 */
import type { Clock } from '../clock.ts';
import type { CellStorage } from '../durability/storage.ts';
import { Cell } from './cell.ts';
import type { CellHandle, CellHost } from './cell-host.ts';
import type { CellCommand, CellReport } from './cell-protocol.ts';
import { Heartbeat } from './heartbeat.ts';

/** @param storageOf where each cell keeps its VMs; default nowhere */
export function inlineCells(clock: Clock, storageOf?: (cell: string) => CellStorage): CellHost {
	return {
		spawn: ({ name, onReports }): CellHandle => {
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
			const cell = new Cell({
				clock,
				heartbeat,
				report,
				wake: schedule,
				...(storageOf && { storage: storageOf(name) }),
			});
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
