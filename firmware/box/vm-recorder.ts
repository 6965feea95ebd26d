/** Records VMs for the operator: restarts them with a recorder beside them, and keeps what it says. */
import type { Modules } from '../../runtime/module/modules.ts';
import { openingOf } from '../../runtime/recording/opening.ts';
import { framedOpening } from '../../runtime/recording/recording.ts';
import type { Recordings } from '../../runtime/recording/recordings.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type { VmRecorder } from '../agent/ports.ts';
import { ModuleManagerError, requireWanted } from './module-manager.ts';

export interface VmRecorderOptions {
	readonly modules: Modules;
	readonly supervisor: Supervisor;
	readonly recordings: Recordings;
	readonly platformVersion: string;
}

/** Records of one recording together, read or not. */
const mostBytes = 268_435_456;
const mostTurns = Number.MAX_SAFE_INTEGER - 1;

export function vmRecorder({
	modules,
	supervisor,
	recordings,
	platformVersion,
}: VmRecorderOptions): VmRecorder {
	return {
		begin: async ({ unit, turns }) => {
			const module = modules.get(supervisor.view(unit)?.module ?? '');
			if (module === undefined) throw new ModuleManagerError('unknown-unit', `there is no VM "${unit}"`);
			requireWanted(module, unit);
			const { name, version, digest } = module.unit;
			const origin = { module: name, version, digest, platform: platformVersion };
			const order = recordings.open({ turns: turns === 0 ? mostTurns : turns, bytes: mostBytes });
			await supervisor.restart(unit, {
				order,
				begins: (vm, spec) => {
					const opening = framedOpening(openingOf(vm, spec, origin));
					recordings.began(order.id, { vm, opening });
				},
			});
			return { recording: order.id };
		},
		read: ({ recording, offset }) => recordings.read(recording, offset),
		stop: ({ recording }) => recordings.stop(recording),
	};
}
