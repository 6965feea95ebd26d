/** The runtime of one box on its real hardware: cells on threads, networks, players, disk. */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { SerialData } from '../../proto/host/bus/expansion.ts';
import { Checkpoint } from '../../proto/host/bus/session.ts';
import { Carriage } from '../../runtime/bus/carriage.ts';
import { Hub } from '../../runtime/bus/hub.ts';
import { Allowances } from '../../runtime/capability/allowances.ts';
import { clock as clockCapability } from '../../runtime/capability/clock.ts';
import { keyValue } from '../../runtime/capability/key-value.ts';
import { Capabilities } from '../../runtime/capability/link-vm.ts';
import { log } from '../../runtime/capability/log.ts';
import { silentOutput } from '../../runtime/capability/media-sink/audio-output.ts';
import { mediaSink } from '../../runtime/capability/media-sink/media-sink.ts';
import { SessionPlayers } from '../../runtime/capability/media-sink/session-players.ts';
import { networkStream } from '../../runtime/capability/network-stream.ts';
import { recordingStreams } from '../../runtime/capability/recordings/recording-streams.ts';
import { recordings } from '../../runtime/capability/recordings/recordings.ts';
import { Shelves } from '../../runtime/capability/recordings/shelves.ts';
import { serial } from '../../runtime/capability/serial.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import { manifestOf } from '../../runtime/component/prepare.ts';
import type { Directory } from '../../runtime/directory.ts';
import { codeOf } from '../../runtime/error.ts';
import type { UsbDevice } from '../../runtime/expansion/usb-device.ts';
import { Coordinator } from '../../runtime/handoff/coordinator.ts';
import { ModuleVms, type ModuleVmsOptions } from '../../runtime/handoff/module-vms.ts';
import { bestNetwork } from '../../runtime/handoff/policy.ts';
import { usualPolicySettings } from '../../runtime/handoff/policy-settings.ts';
import { moduleOf, vmNames } from '../../runtime/module/binding.ts';
import { MadeCodes } from '../../runtime/module/made-codes.ts';
import type { Manifest } from '../../runtime/module/manifest.ts';
import { Modules } from '../../runtime/module/modules.ts';
import { ModuleStore } from '../../runtime/module/store.ts';
import type { Unit } from '../../runtime/module/store-index.ts';
import { BasebandTable } from '../../runtime/network/baseband-table.ts';
import { Meter } from '../../runtime/network/meter.ts';
import { watchSilence } from '../../runtime/network/silence-watch.ts';
import { Recordings } from '../../runtime/recording/recordings.ts';
import { Supervisor } from '../../runtime/vm/supervisor.ts';
import { VmNumbers } from '../../runtime/vm/vm-numbers.ts';
import type { MemoryView } from '../agent/ports.ts';
import type { BoxConfig } from '../config.ts';
import { type FactoryFirmware, FactoryModules } from '../factory/factory-modules.ts';
import { threadedCells } from '../hal/cell-thread.ts';
import { openCodeFiles } from '../hal/code-files.ts';
import { fileOutput } from '../hal/file-output.ts';
import { glueMaker } from '../hal/glue-maker.ts';
import { nodeSha256, runningSha256 } from '../hal/hasher.ts';
import { httpStreams } from '../hal/http-streams.ts';
import { kernelCounters } from '../hal/interface-counters.ts';
import { radioFiles } from '../hal/radio-files.ts';
import { reclaimer } from '../hal/reclaim.ts';
import { openRecordingFiles } from '../hal/recording-files.ts';
import { serialLines } from '../hal/serial-lines.ts';
import type { BootRecord } from './boot-record.ts';
import { ContainerWatch } from './container-watch.ts';
import { CrashBook } from './crash-book.ts';
import { platformVersion } from './identity.ts';
import type { LogBook } from './log-book.ts';
import { memoryRoom } from './memory-room.ts';
import { networkMessage } from './network-message.ts';
import { OpenParts } from './open-parts.ts';
import { vmEvents } from './vm-events.ts';

export interface PlatformOptions {
	readonly config: BoxConfig;
	readonly directory: Directory;
	readonly clock: Clock;
	readonly log: LogBook;
	readonly boot: BootRecord;
	/** Another one for each firmware; undefined where what runs may change without being called another. */
	readonly firmwareId: string | undefined;
	/** The firmware that runs, where it carries modules. */
	readonly firmware: FactoryFirmware | undefined;
	/** Why no VM of what is installed may run for now; undefined where it may. */
	readonly standstill: (manifest: Manifest, unit: Unit | undefined) => string | undefined;
	/** What is plugged in; undefined where nobody looks. */
	readonly devices?: (() => readonly UsbDevice[]) | undefined;
	readonly memory: MemoryView;
	/** Fetches the module that a session lacks. */
	readonly fetchModule: ModuleVmsOptions['fetchModule'];
}

/**
 * Longest time without a byte. Less than a player has in store when it asks for more (4 s) and has handed
 * on (1.5 s), so that a network that falls silent can be left before anybody hears it.
 */
const stallMs = 4000;

/** Recordings leave so much of the disk to everything else, in bytes. */
const usualFreeBytes = 67_108_864;

const countEveryMs = 10_000;

export type Platform = Awaited<ReturnType<typeof openPlatform>>;

/** How long what sleeping services have given back gathers, in milliseconds: to look for it stops this thread. */
const reclaimMs = 10_000;
/** How long services have nothing to do before they are put to sleep, in milliseconds. */
const usualSleepMs = 60_000;

/** In the order in which they are closed. */
const parts = [
	'rounds',
	'radio',
	'recordings',
	'sessions',
	'streams',
	'lines',
	'supervisor',
	'programmes',
	'allowances',
	'crashes',
	'players',
] as const;

export async function openPlatform(options: PlatformOptions) {
	const opened = new OpenParts(parts);
	const platform = await opened.orClose(() => openAll(options, opened));
	return { ...platform, close: () => opened.close() };
}

async function openAll(options: PlatformOptions, opened: OpenParts<(typeof parts)[number]>) {
	const {
		config,
		directory,
		clock,
		log: book,
		boot,
		firmwareId,
		firmware,
		memory,
		fetchModule,
		standstill,
		devices,
	} = options;
	const tell = (level: 'info' | 'warn' | 'error', text: string): void => book.write({ vm: '', level, text });
	const networks = new BasebandTable({ clock });
	const radio = networks.follow(radioFiles(config.networks));
	opened.add('radio', () => radio.close());
	const meter = new Meter({ counters: kernelCounters(config.networks) });
	await meter.settle();
	const streams = httpStreams({
		pathOf: (id) => {
			const network = networks.get(id);
			return network && { ...network, localAddress: network.localAddress };
		},
		count: (passage) => meter.count(passage),
		measured: ({ baseband, bytes, ms }) => networks.measured(baseband, { bytes, ms }),
		stallMs,
	});
	opened.add('streams', () => streams.close());
	const players = new SessionPlayers({
		clock,
		outputOf: (session) =>
			config.sink === undefined ? silentOutput() : fileOutput(join(config.sink, session)),
	});
	opened.add('players', () => players.close());
	const hub = new Hub();
	const buckets = keyValue(directory.folder('buckets'));
	const allowances = await Allowances.open({
		directory: directory.folder('allowances'),
		clock,
		failed: (error) => tell('warn', `what VMs have used of their networks is not kept: ${error.message}`),
	});
	opened.add('allowances', () => allowances.close());
	const shelves = new Shelves({
		files: await openRecordingFiles(join(config.state, 'recordings')),
		clock,
		checksum: crc32,
		digest: runningSha256,
		mostBytes: config.recordings?.mostBytes ?? Number.MAX_SAFE_INTEGER,
		leaveFreeBytes: config.recordings?.leaveFreeBytes ?? usualFreeBytes,
		failed: (module, recording, error) =>
			tell('error', `${module}: the end of its recording ${recording} is not kept: ${error.message}`),
	});
	const programmes = recordings({ clock, hub, shelves });
	opened.add('programmes', () => programmes.stop());
	const settings = { ...usualPolicySettings, ...config.handoff };
	const lines =
		devices &&
		serial({
			clock,
			hub,
			devices,
			lines: serialLines(config.expansion?.files),
			encode: (data) => SerialData.encode(data),
			decode: (payload) => SerialData.decode(payload),
		});
	opened.add('lines', lines && (() => lines.stop()));
	const capabilities = new Capabilities(
		[
			...(lines === undefined ? [] : [lines]),
			log,
			clockCapability,
			buckets,
			networkStream({
				streams: watchSilence(streams, networks),
				allowances,
				bestNetwork: () => bestNetwork({ nowUs: clock.now(), basebands: networks.basebands(), settings }),
				recordings: recordingStreams(shelves),
			}),
			programmes,
			mediaSink(players.take),
		],
		config.grantCaps,
	);
	let coordinator: Coordinator | undefined;
	const turnRecordings = new Recordings({ clock, stop: (vm, why) => supervisor.stopRecording(vm, why) });
	opened.add('recordings', () => turnRecordings.close());
	const store = await ModuleStore.open({ directory: directory.folder('modules'), hash: nodeSha256 });
	if (store.problem !== undefined)
		tell('error', `modules have to be installed again: ${store.problem.code}: ${store.problem.message}`);
	const crashes = new CrashBook({
		directory: directory.folder('crashes'),
		clock,
		store,
		failed: (vm, error) => tell('warn', `${vm}: its crash report is lost: ${error.message}`),
	});
	opened.add('crashes', () => crashes.close());
	const codeFolder = join(config.state, 'code');
	const code = await openCodeFiles(codeFolder);
	const carriage =
		config.ipc && (await Carriage.open({ ...config.ipc, directory: directory.folder('carriage') }));
	const watch =
		carriage && new ContainerWatch({ carriage, vm: () => supervisor.view(carriage.container), tell });
	let isOpen = false;
	const supervisor: Supervisor = new Supervisor({
		clock,
		cells: threadedCells({ folder: join(config.state, 'cells'), platformVersion, code: codeFolder }),
		placement: config.cells,
		standstill: (manifest) => standstill(manifest, store.unit(manifest.name)),
		sleepAfterMs: config.sleepAfterMs ?? usualSleepMs,
		reclaim: reclaimer(reclaimMs),
		numbers: await VmNumbers.open(directory.folder('vms')),
		hub,
		capabilities,
		carriage,
		on: vmEvents({
			log: book,
			boot,
			recordings: turnRecordings,
			crashes,
			coordinator: () => coordinator,
			// While modules are taken up, and when they go with the box, it is no news who is there.
			moved: () => isOpen && watch?.look(),
		}),
	});
	opened.add('supervisor', () => {
		isOpen = false;
		return supervisor.close();
	});
	const rounds = countNowAndThen(supervisor, clock);
	opened.add('rounds', () => rounds.cancel());
	const factory =
		firmware &&
		(await FactoryModules.settle({
			firmware,
			directory: directory.folder('factory'),
			store,
			buckets,
			clock,
			manifestOf,
			vmsOf: (manifest) => vmNames(manifest, networks.basebands()).map(({ name }) => name),
			onNote: (text) => tell('info', text),
		}));
	const modules = await Modules.open({
		store,
		supervisor,
		capabilities,
		carriage,
		glue: glueMaker(),
		code,
		made: await MadeCodes.open({
			directory: directory.folder('made-code'),
			code,
			platform: firmwareId,
			carried: firmware?.made,
		}),
		clock,
		networks: () => networks.basebands(),
		room: memoryRoom({ memory }),
		...(config.caps === undefined ? {} : { caps: config.caps }),
		forget: async (vm) => {
			supervisor.forgetKept(vm);
			await buckets.forget(vm);
			await shelves.forget(moduleOf(vm));
		},
		warn: (module, code, message) => tell('error', `${module} is left out: ${code}: ${message}`),
		measure: (module, work) => boot.during('vm', `${module} checked`, work),
	});
	isOpen = true;
	watch?.look();
	coordinator = new Coordinator({
		clock,
		networks,
		vms: new ModuleVms({ hub, modules, rangeOf: (id) => networks.get(id)?.range, fetchModule }),
		sink: players,
		directory: directory.folder('sessions'),
		decodeCheckpoint: (bytes) => Checkpoint.decode(bytes),
		settings,
	});
	const sessions = coordinator;
	opened.add('sessions', () => sessions.stop());
	hub.listen('session.checkpoint', ({ sender, payload }) => sessions.onCheckpoint(sender, payload));
	sessions.on('trouble', ({ session, error }) =>
		tell('warn', `${session ?? 'a session'}: ${codeOf(error)}: ${error.message}`),
	);
	const publishNetworks = (): void => hub.publish('network.state', networkMessage(networks));
	networks.onChange(({ id, reason, after }) => {
		if (reason === 'up' || reason === 'down') tell('info', `${id} is ${reason}`);
		if (reason === 'silent') tell('warn', `${id} is up, but nothing comes over it`);
		if (reason === 'heard') tell('info', `${id} is heard again`);
		if (after?.isUp !== true) streams.drop(id);
		publishNetworks();
	});
	return {
		hub,
		/** Other devices are plugged in. */
		devicesChanged: () => lines?.devicesChanged(),
		supervisor,
		crashes,
		modules,
		factory,
		recordings: turnRecordings,
		coordinator,
		players,
		networks,
		meter,
	};
}

/** What VMs have lost or exceeded is noticed even while nobody asks. */
function countNowAndThen(supervisor: Supervisor, clock: Clock): Timer {
	let timer: Timer;
	const next = (): void => {
		timer = clock.after(countEveryMs, () => {
			void supervisor.count();
			next();
		});
	};
	next();
	return { cancel: () => timer.cancel() };
}
