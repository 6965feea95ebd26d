/**
 * Cells without a thread: the double of `CellHost`, and the way to embed the runtime as a library.
 *
 * Turns run in microtasks after the call that made them ready; what one cell says to another goes through
 * the same rings as between threads. A turn that never ends cannot be stopped here.
 */
import { Doorbell } from '../bus/doorbell.ts';
import type { Clock } from '../clock.ts';
import type { CellStorage } from '../durability/storage.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import { Cell } from './cell.ts';
import type { CellHandle, CellHost } from './cell-host.ts';
import type { CellCommand, CellReport } from './cell-protocol.ts';
import { Heartbeat } from './heartbeat.ts';

export interface InlineCellOptions {
	readonly linkForeign?: ForeignLinker;
	/** Where each cell keeps its VMs; default nowhere. */
	readonly storageOf?: (cell: string) => CellStorage;
}

export function inlineCells(clock: Clock, { linkForeign, storageOf }: InlineCellOptions = {}): CellHost {
	/** How each cell is woken, by the memory of its bell. */
	const sleepers = new WeakMap<SharedArrayBuffer, () => void>();
	const notify = (bell: SharedArrayBuffer): void => sleepers.get(bell)?.();
	return {
		spawn: ({ name, onReports }): CellHandle => {
			const heartbeat = new Heartbeat();
			const bell = new Doorbell();
			const commands: CellCommand[] = [];
			let isScheduled = false;
			let isOver = false;
			const work = (): void => {
				isScheduled = false;
				bell.getUp();
				for (const command of commands.splice(0)) if (!isOver) cell.accept(command);
				if (isOver) return;
				const isMore = cell.hear();
				if (cell.run(64) || isMore || !bell.lieDown(() => cell.isIdle())) schedule();
			};
			const schedule = (): void => {
				if (isScheduled || isOver) return;
				isScheduled = true;
				queueMicrotask(work);
			};
			sleepers.set(bell.buffer, schedule);
			const report = (reports: CellReport[]): void => {
				if (!isOver) queueMicrotask(() => onReports(reports));
			};
			const cell = new Cell({
				clock,
				heartbeat,
				linkForeign,
				report,
				wake: schedule,
				notify,
				...(storageOf && { storage: storageOf(name) }),
			});
			return {
				heartbeat,
				bell: bell.buffer,
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
