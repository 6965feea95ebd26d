/** Snapshots of a virtual board: what QEMU does in the background, waited for to its end. */
import type { Snapshots } from './board.ts';
import { BoardError } from './board-error.ts';
import type { QmpClient } from './qmp.ts';

export interface QemuSnapshotsOptions {
	/** Monitor of the running board. @throws BoardError `board-off` */
	running(): QmpClient;
	/** Block nodes whose state belongs to it; the first one also keeps the memory. */
	nodes(): readonly string[];
}

export function qemuSnapshots({ running, nodes }: QemuSnapshotsOptions): Snapshots {
	let jobs = 0;
	const run = async (command: 'snapshot-save' | 'snapshot-load', tag: string) => {
		const qmp = running();
		const devices = nodes();
		const id = `${command}-${jobs++}`;
		const concluded = qmp.next(
			'JOB_STATUS_CHANGE',
			(job) => job['id'] === id && job['status'] === 'concluded',
		);
		concluded.catch(() => undefined);
		await qmp.execute(command, { 'job-id': id, tag, vmstate: devices[0], devices });
		await concluded;
		const all = (await qmp.execute('query-jobs')) as { readonly id: string; readonly error?: string }[];
		await qmp.execute('job-dismiss', { id });
		const error = all.find((job) => job.id === id)?.error;
		if (error !== undefined) throw new BoardError('qmp-refused', `${command} "${tag}": ${error}`);
	};
	return {
		save: (name) => run('snapshot-save', name),
		load: (name) => run('snapshot-load', name),
	};
}
