/** A whole box: the platform, what it trusts, and its voice to the operator's cloud. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from '../agent/agent.ts';
import { boxModel } from '../agent/data-model/box-model.ts';
import { InstanceNumbers } from '../agent/instance-numbers.ts';
import { MqttTransport } from '../agent/mqtt-transport.ts';
import { type BoxConfig, ConfigError } from '../config.ts';
import { systemClock } from '../hal/clock.ts';
import { openDirectory } from '../hal/directory.ts';
import { takesCompiledCode } from '../hal/engine.ts';
import { inputButtons } from '../hal/input-buttons.ts';
import { kernelMemory } from '../hal/memory.ts';
import { watchdogDevice } from '../hal/watchdog.ts';
import type { OwnImage } from '../own-image.ts';
import { Downloads } from '../update/download.ts';
import { Trust } from '../update/trust.ts';
import type { BootRecord } from './boot-record.ts';
import { boxHealth } from './box-health.ts';
import { busPort } from './bus-port.ts';
import { Certification } from './certification.ts';
import { factoryFirmware, firmwareId } from './factory-firmware.ts';
import { guard } from './guard.ts';
import { identityOf, platformVersion } from './identity.ts';
import { LogBook } from './log-book.ts';
import { ModuleManager } from './module-manager.ts';
import { networkView } from './network-view.ts';
import { openButtons } from './open-buttons.ts';
import { openExpansion } from './open-expansion.ts';
import { openFirmware } from './open-firmware.ts';
import { openMetrics } from './open-metrics.ts';
import { OpenParts } from './open-parts.ts';
import { openBoxPower } from './open-power.ts';
import { openRepository } from './open-repository.ts';
import { openVolumes } from './open-volumes.ts';
import { openPlatform } from './platform.ts';
import { SessionManager } from './session-manager.ts';
import { telemetry } from './telemetry.ts';
import { Traces } from './traces.ts';
import { vmRecorder } from './vm-recorder.ts';
import { vmView } from './vm-view.ts';

export interface Box extends AsyncDisposable {
	/** Ends everything in order; open sessions go on after the next start. */
	close(): Promise<void>;
}

export interface BoxOptions {
	/** What the box runs from; undefined where it is a program among others. */
	readonly image: OwnImage | undefined;
	/** Why what it has kept cannot be used: it runs with nothing, to be told of. */
	readonly withoutData?: string | undefined;
	/** What was repaired of it before this start. */
	readonly mended?: string | undefined;
	/** Has the box start anew. */
	readonly restart: () => Promise<void>;
	/** Where the phases of this start are written down. */
	readonly boot: BootRecord;
	/** Closes the box and has it switched off, unless there are mains by then. */
	readonly powerOff: (hasMains: () => Promise<boolean>) => Promise<void>;
	/** Told of what an operator would look for on the console. */
	readonly onEvent: (text: string) => void;
}

/** In the order in which they are closed. */
const parts = [
	// No longer fed: should one of the other steps never end, the watchdog ends them all.
	'guard',
	'power',
	'buttons',
	'expansion',
	'volumes',
	'agent',
	'telemetry',
	'traces',
	'metrics',
	'sessions',
	'firmware',
	'platform',
	'repository',
] as const;

/** Sets no engine and no signals: the process is whose program it is. */
export async function openBox(config: BoxConfig, options: BoxOptions): Promise<Box> {
	const opened = new OpenParts(parts);
	await opened.orClose(() => openAll(config, options, opened));
	const close = (): Promise<void> => opened.close();
	return { close, [Symbol.asyncDispose]: close };
}

/** @throws ConfigError `bad-config` */
async function readRoot(file: string): Promise<Uint8Array> {
	try {
		return await readFile(file);
	} catch (cause) {
		throw new ConfigError('bad-config', `root: ${file} cannot be read: ${(cause as Error).message}`, {
			cause,
		});
	}
}

async function openAll(
	config: BoxConfig,
	options: BoxOptions,
	opened: OpenParts<(typeof parts)[number]>,
): Promise<void> {
	const { image, withoutData, mended, restart, powerOff, boot, onEvent } = options;
	const clock = systemClock();
	const memory = kernelMemory();
	const directory = await boot.during('platform', 'data', () => openDirectory(config.state));
	const log = new LogBook(clock);
	log.onLine(({ vm, level, text }) => onEvent(`${level} ${vm === '' ? 'box' : vm}: ${text}`));

	const repository = openRepository({ broker: config.broker, clock, log });
	opened.add('repository', () => repository.close());
	const { reader } = repository;
	const rootJson = await readRoot(config.root);
	const trust = await boot.during('platform', 'trust', () =>
		Trust.open({ directory: directory.folder('trust'), rootJson, reader, clock }),
	);
	const downloads = new Downloads({ directory: join(config.state, 'downloads'), reader, clock });

	const power = await openBoxPower({ config, image, clock, log });
	opened.add('power', power && (() => power.close()));
	const expansion = config.expansion && openExpansion({ config: config.expansion, clock, log });
	opened.add('expansion', expansion && (() => expansion.expansion.close()));
	const volumes =
		config.volumes &&
		openVolumes({
			config: config.volumes,
			isOwnMachine: image !== undefined,
			certification: config.certification,
			trust,
			clock,
			log,
		});
	opened.add('volumes', volumes && (() => volumes.modules.close()));
	const fetchModule = (wanted: Parameters<ModuleManager['installFor']>[0]) => manager.installFor(wanted);
	const platform = await openPlatform({
		config,
		directory,
		clock,
		log,
		boot,
		firmwareId: image && firmwareId(image),
		firmware: factoryFirmware(image),
		memory,
		fetchModule,
		standstill: (manifest, unit) =>
			power?.standstill(manifest) ??
			expansion?.expansion.standstill(manifest) ??
			volumes?.modules.standstill(unit),
		devices: expansion && (() => expansion.expansion.devices()),
	});
	opened.add('platform', () => platform.close());
	const { modules, factory, supervisor, coordinator, players, hub, meter } = platform;
	const { watchdog } = image?.devices ?? {};
	const guarded =
		watchdog === undefined
			? undefined
			: guard({
					watchdog: watchdogDevice(watchdog),
					seconds: image?.watchdogSeconds ?? 30,
					supervisor,
					clock,
				});
	opened.add('guard', guarded && (() => guarded.close()));
	const certification = new Certification({ config: config.certification, trust, downloads });
	const manager = new ModuleManager({
		modules,
		supervisor,
		trust,
		downloads,
		certification,
		platformVersion,
	});
	const nameOf = (id: number | undefined) => supervisor.views().find((vm) => vm.id === id)?.name ?? '';
	const sessions = new SessionManager({ clock, coordinator, players, nameOf });
	opened.add('sessions', () => sessions.stop());

	const vms = vmView({ clock, modules, supervisor });
	const network = networkView(platform.networks, meter);
	const traces = new Traces({
		clock,
		hub,
		topics: () =>
			modules
				.list()
				.flatMap(({ manifest }) => [...Object.keys(manifest.publishes), ...Object.keys(manifest.subscribes)]),
		nameOf,
	});
	opened.add('traces', () => traces.close());
	const sampled = telemetry({
		clock,
		hub,
		supervisor,
		meter,
		players,
		networks: network,
		vms,
		sessions,
		handoffs: () => coordinator.handoffs(),
	});
	opened.add('telemetry', () => sampled.close());
	const numbers = new InstanceNumbers({ directory: directory.folder('numbers') });
	const firmware =
		image &&
		(await boot.during('platform', 'slots', () =>
			openFirmware({
				image,
				directory: directory.folder('firmware'),
				clock,
				trust,
				reader,
				health: boxHealth({
					clock,
					vms,
					cellsAnswer: () => supervisor.count(),
					isCloudReachable: repository.isReachable,
					hasData: withoutData === undefined,
					hasModules: factory?.isDone ?? true,
				}),
				// Those that have ended are still on the list of sessions.
				isIdle: () => coordinator.sessions().length === 0,
				hub,
				roles: config.home?.roles ?? [],
				restart,
				onGood: () => factory?.settled((vm, butFor) => supervisor.forgetKept(vm, butFor)),
				onNote: (text) => log.write({ vm: '', level: 'info', text }),
			}),
		));
	opened.add('firmware', firmware && (() => firmware.close()));
	const model = boxModel({
		identity: identityOf(config.endpointId, image),
		memory,
		boot,
		clock,
		numbers,
		modules: manager,
		vms,
		recorder: vmRecorder({ modules, supervisor, recordings: platform.recordings, platformVersion }),
		network,
		sessions,
		bus: busPort({ hub, modules }),
		log,
		crashes: platform.crashes,
		traces,
		telemetry: sampled,
		firmware: firmware?.manager,
		power,
		devices: expansion?.view,
	});
	const usp = directory.folder('usp');
	const { endpointId, controllers } = config;
	const agent = new Agent({
		endpointId,
		controllers,
		acceptTools: config.acceptTools === undefined ? undefined : { prefix: config.acceptTools },
		transport: new MqttTransport({ url: config.broker, endpointId, directory: usp, clock }),
		model,
		numbers,
		directory: usp,
		clock,
		onEvent: (event) => {
			if (event.kind === 'ready') boot.end('cloud', 'operator');
			onEvent(`usp ${JSON.stringify(event)}`);
		},
	});
	opened.add('agent', () => agent.stop());
	const metrics = await openMetrics({
		config,
		log,
		supervisor,
		vms,
		networks: network,
		meter,
		hub,
		coordinator,
	});
	opened.add('metrics', metrics && (() => metrics.close()));
	const restored = await boot.during('platform', 'sessions', () => coordinator.restore());
	for (const session of restored)
		log.write({ vm: '', level: 'info', text: `${session} goes on after the restart` });
	boot.begin('cloud', 'operator');
	await agent.start();
	power?.serve({ hub, supervisor, stop: (hasMains) => void powerOff(hasMains) });
	expansion?.serve({ hub, supervisor, modules, manager, devicesChanged: platform.devicesChanged });
	volumes?.serve({ supervisor, modules });
	// A box that is a program among others leaves the buttons to its machine.
	const buttons = image && openButtons({ buttons: inputButtons(), hub, log });
	opened.add('buttons', buttons && (() => buttons.close()));
	repository.onReachable(() => {
		expansion?.expansion.askAgain();
		volumes?.modules.askAgain();
	});
	if (withoutData !== undefined) log.write({ vm: '', level: 'error', text: withoutData });
	if (!takesCompiledCode())
		log.write({
			vm: '',
			level: 'warn',
			text: 'the firmware was compiled for another processor: it starts slower',
		});
	if (mended !== undefined)
		log.write({ vm: '', level: 'warn', text: `the data partition was mended: ${mended}` });
}
