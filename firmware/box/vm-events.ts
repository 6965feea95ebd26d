/** Who is told of what VMs do: the log, the book of crashes, recordings, the start that goes on, and sessions. */
import type { Coordinator } from '../../runtime/handoff/coordinator.ts';
import type { Recordings } from '../../runtime/recording/recordings.ts';
import { isUp, type VmState } from '../../runtime/vm/lifecycle.ts';
import type { VmView } from '../../runtime/vm/supervised.ts';
import type { SupervisorEvents } from '../../runtime/vm/supervisor.ts';
import type { BootRecord } from './boot-record.ts';
import type { CrashBook } from './crash-book.ts';
import type { LogBook } from './log-book.ts';

export interface VmListeners {
	readonly log: LogBook;
	readonly boot: BootRecord;
	readonly recordings: Recordings;
	readonly crashes: CrashBook;
	/** Undefined before there are sessions. */
	readonly coordinator: () => Coordinator | undefined;
	/** A VM is in another state. */
	readonly moved: () => void;
}

export function vmEvents({
	log,
	boot,
	recordings,
	crashes,
	coordinator,
	moved,
}: VmListeners): SupervisorEvents {
	const tell = (level: 'info' | 'warn' | 'error', text: string): void => log.write({ vm: '', level, text });
	return {
		log: ({ name }, { level, text, at }) => log.write({ vm: name, level, text, at }),
		fault: (vm, fault) => crashes.record(vm, fault),
		overrun: ({ name }, { budget, count, detail }) =>
			tell('warn', `${name} exceeded its budget "${budget}" (${count} so far): ${detail}`),
		setAside: ({ name }, { topic, payload }) =>
			tell(
				'error',
				`${name}: a message on ${topic} (${payload.length} bytes) ended two turns badly and was set aside`,
			),
		transition: (vm, { from, to, reason }) => {
			if (to === 'starting') boot.begin('vm', vm.name);
			if (from === 'starting') boot.end('vm', vm.name);
			// Falling asleep and waking are no news.
			if (isUp(from) && isUp(to)) return;
			tell(
				to === 'parked' || to === 'backing-off' ? 'warn' : 'info',
				`${vm.name}: ${from} -> ${to}: ${reason}`,
			);
			moved();
			tellCoordinator(coordinator(), vm, from);
			const isRecorded = isUp(to) || ['starting', 'stopping', 'suspended'].includes(to);
			if (!isRecorded) recordings.left(vm.id, reason);
		},
		migrated: ({ name, cell }, from) => tell('info', `${name}: moved from ${from} to ${cell}`),
		recorded: ({ recording, ...recorded }) => recordings.accept(recording, recorded),
	};
}

function tellCoordinator(coordinator: Coordinator | undefined, { id, state }: VmView, from: VmState): void {
	if (isUp(from) && !isUp(state)) coordinator?.vmGone(id);
	if (isUp(state) && !isUp(from)) coordinator?.vmBack(id);
}
