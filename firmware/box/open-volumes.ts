/** Removable media of a box: what may be installed from them, and who is told. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import { codeOf } from '../../runtime/error.ts';
import type { Manifest } from '../../runtime/module/manifest.ts';
import type { Modules } from '../../runtime/module/modules.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import { ConfigError, type VolumesConfig } from '../config.ts';
import { mountedVolumes } from '../hal/mounted-volumes.ts';
import { volumeFolders } from '../hal/volume-folders.ts';
import type { Trust } from '../update/trust.ts';
import { VolumeError } from '../volumes/volume-error.ts';
import { VolumeModules } from '../volumes/volume-modules.ts';
import { Certification, type CertificationOptions } from './certification.ts';
import type { LogBook } from './log-book.ts';
import { deliveryOf } from './module-targets.ts';

export interface VolumeUsers {
	readonly supervisor: Supervisor;
	readonly modules: Modules;
}

export interface OpenVolumesOptions {
	readonly config: VolumesConfig;
	/** Whether this box is all that runs on its machine, and mounts what is plugged in itself. */
	readonly isOwnMachine: boolean;
	readonly certification: CertificationOptions['config'];
	readonly trust: Trust;
	readonly clock: Clock;
	readonly log: LogBook;
}

export interface BoxVolumes {
	readonly modules: VolumeModules;
	/** To be called once there is somebody to install what comes. */
	serve(users: VolumeUsers): void;
}

/** @throws ConfigError `bad-config` where nobody would mount anything */
export function openVolumes({
	config: { allow = [], folder },
	isOwnMachine,
	certification,
	trust,
	clock,
	log,
}: OpenVolumesOptions): BoxVolumes {
	if (folder === undefined && !isOwnMachine)
		throw new ConfigError('bad-config', 'volumes.folder is missing: where this machine mounts its volumes');
	let users: VolumeUsers | undefined;
	const tell = (level: 'info' | 'warn', text: string): void => log.write({ vm: '', level, text });
	const modules = new VolumeModules({
		volumes: folder === undefined ? mountedVolumes({ clock }) : volumeFolders({ clock, folder }),
		trust,
		mayInstall: (name) => allow.some((each) => each === '*' || each === name),
		unitOf: (name) => users?.modules.unit(name),
		install: async ({ target, url, before, reader, signal }) => {
			await new Certification({ config: certification, trust, downloads: reader }).check(target, signal);
			const check = ({ name }: Manifest): void => {
				if (name !== target.custom['name'])
					throw new VolumeError('volume-damaged', `${target.path} says in its manifest that it is ${name}`);
			};
			await reader.fetch({ target, signal }, async (bytes) => {
				const delivery = { bytes, ...deliveryOf(target), url, uuid: randomUUID(), check };
				await (before === undefined
					? users?.modules.install(delivery)
					: users?.modules.update(before.name, delivery));
			});
		},
		on: {
			plugged: ({ name }) => tell('info', `volume "${name}" was plugged in`),
			unplugged: ({ name }) => tell('info', `volume "${name}" was plugged out`),
			changed: () => users?.supervisor.reconsider(),
			installed: (module, version, { name }) => tell('info', `${module} ${version} came on volume "${name}"`),
			trouble: (error, volume) =>
				tell(
					'warn',
					`${volume === undefined ? '' : `volume "${volume.name}": `}${codeOf(error)}: ${error.message}`,
				),
		},
	});
	return {
		modules,
		serve: (given) => {
			users = given;
			modules.start();
		},
	};
}
