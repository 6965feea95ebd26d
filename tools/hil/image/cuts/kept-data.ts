/** What a box makes of its files when it starts: its platform is opened on them, and its services are asked. */
import { join } from 'node:path';
import type { LogLine } from '../../../../firmware/agent/ports.ts';
import { BootRecord } from '../../../../firmware/box/boot-record.ts';
import { LogBook } from '../../../../firmware/box/log-book.ts';
import { openPlatform, type Platform } from '../../../../firmware/box/platform.ts';
import type { FactoryFirmware } from '../../../../firmware/factory/factory-modules.ts';
import { systemClock } from '../../../../firmware/hal/clock.ts';
import { openDirectory } from '../../../../firmware/hal/directory.ts';
import { kernelMemory } from '../../../../firmware/hal/memory.ts';
import type { Probe } from '../../../../modules/probe/testbed.ts';
import { type AtRest, comeToRest } from './journal-pair.ts';

const deadlineMs = 30_000;

/** With how many orders each of the pair has had once nothing is on its way any more. */
export interface KeptData extends AtRest {
	/** `name version` of each module, all of which run. */
	readonly modules: readonly string[];
	/** What the platform said that an operator should know of. */
	readonly complaints: readonly string[];
}

export interface KeptDataOptions {
	readonly probe: Probe;
	/** What the box runs: before its first start is over, what it carries is not on the partition yet. */
	readonly firmware: FactoryFirmware;
}

/** A kill may tear the write that it comes upon, which nobody was told of. */
const tornWrite = /in the journal cannot be read: a power cut stopped a write/;

/** @param files of the data partition @throws what the platform does, BusError for a service that does not answer */
export async function openKeptData(files: string, { probe, firmware }: KeptDataOptions): Promise<KeptData> {
	const state = join(files, 'state');
	const clock = systemClock();
	const log = new LogBook(clock);
	const lines: LogLine[] = [];
	log.onLine((line) => lines.push(line));
	const platform = await openPlatform({
		config: {
			endpointId: 'os::00D09E-MULLION-000001',
			state,
			broker: '',
			controllers: [],
			root: '',
			networks: [],
		},
		directory: await openDirectory(state),
		clock,
		log,
		boot: new BootRecord({ now: () => performance.now() }),
		firmwareId: firmware.id,
		firmware,
		memory: kernelMemory(),
		standstill: () => undefined,
		fetchModule: () => Promise.reject(new Error('there is no repository')),
	});
	try {
		const modules = platform.modules.list();
		await allSettled(platform, log);
		for (const { unit } of modules.filter(({ manifest }) => 'probe.echo' in manifest.subscribes))
			await platform.hub.request({ topic: `${unit.name}.echo`, payload: new Uint8Array([1]), deadlineMs });
		const payload = probe.order({ what: 'answer' });
		const atRest = await comeToRest(async (service) => {
			const answer = await platform.hub.request({ topic: `${service}.order`, payload, deadlineMs });
			return probe.word(answer).count;
		});
		return {
			modules: modules.map(({ unit }) => `${unit.name} ${unit.version}`),
			complaints: lines
				.filter(({ level, text }) => level !== 'info' && !tornWrite.test(text))
				.map(({ vm, text }) => `${vm}: ${text}`),
			...atRest,
		};
	} finally {
		await platform.close();
	}
}

/** Resolves once no VM is on its way up: it runs, or has failed, which was said. */
async function allSettled({ supervisor }: Platform, log: LogBook): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const isOver = (): boolean =>
		supervisor.views().every(({ state }) => state !== 'installed' && state !== 'starting');
	log.onLine(() => {
		if (isOver()) resolve();
	});
	if (!isOver()) await promise;
}
