/** The disk of a virtual board: which file it is, and what is wrong with it, while it runs and while it is off. */
import { access, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
	type BlockNode,
	type DiskFilters,
	deviceNode,
	filterNodes,
	type ImageFile,
	speedGroup,
	speedLimits,
} from './block-graph.ts';
import type { BoardStorage, DiskFault, DiskRange, DiskSpeed, FlashOptions } from './board.ts';
import { BoardError } from './board-error.ts';
import { faultConfig, faultRules, type SectorFault } from './fault-rules.ts';
import { createOverlay } from './overlay.ts';
import { readPartitions } from './partition-table.ts';
import type { QmpClient } from './qmp.ts';

/** Rules in a file. */
type FaultFile = Omit<NonNullable<DiskFilters['faults']>, 'name'>;

export class QemuDisk implements BoardStorage {
	readonly #folder: string;
	#source: string | undefined;
	#image: ImageFile | undefined;
	#filters: DiskFilters = {};
	#speed: DiskSpeed = {};
	#qmp: QmpClient | undefined;
	/** Names of nodes are not used twice: the one before is still there when the next one is put in. */
	#filterCount = 0;

	/** @param folder for what the box writes, and for what is wrong with its disk */
	constructor({ folder }: { readonly folder: string }) {
		this.#folder = folder;
	}

	/** What a box needs that starts now; undefined without a disk. */
	get described() {
		if (this.#image === undefined) return undefined;
		return { image: this.#image, speed: this.#speed };
	}

	async flash(source: string | undefined, { writes = 'aside' }: FlashOptions = {}): Promise<void> {
		if (source === undefined) this.#image = undefined;
		else if (writes === 'in-place') this.#image = { path: await existing(source), format: 'raw' };
		else
			this.#image = await createOverlay({
				path: join(this.#folder, 'disk.qcow2'),
				base: await existing(source),
			});
		this.#source = source;
	}

	/** The box starts with what is wrong with its disk, and is changed by its monitor from now on. */
	async attach(qmp: QmpClient): Promise<void> {
		if (this.#image !== undefined) await rewire(qmp, {}, this.#filters);
		this.#qmp = qmp;
	}

	/** The box is off. A recording that has begun goes on where it was. */
	detach(): void {
		this.#qmp = undefined;
		const { log } = this.#filters;
		if (log !== undefined) this.#filters = { ...this.#filters, log: { ...log, isContinued: true } };
	}

	async fail(faults: readonly DiskFault[]): Promise<void> {
		if (faults.length === 0) return this.#change({ log: this.#filters.log, faults: undefined });
		const rules = faultRules(await Promise.all(faults.map((fault) => this.#inSectors(fault))));
		const config = join(this.#folder, this.#newName('faults'));
		await writeFile(config, faultConfig(rules));
		await this.#change({ log: this.#filters.log, faults: { align: rules.align, config } });
	}

	async slow(speed: DiskSpeed): Promise<void> {
		const limits = speedLimits(speed);
		await this.#qmp?.execute('qom-set', {
			path: `/objects/${speedGroup}`,
			property: 'limits',
			value: limits,
		});
		this.#speed = speed;
	}

	async record(path: string): Promise<void> {
		await writeFile(path, '');
		const log = { name: this.#newName('log'), path, isContinued: false };
		await this.#change({ log, faults: this.#filters.faults });
	}

	async stopRecording(): Promise<void> {
		await this.#change({ log: undefined, faults: this.#filters.faults });
	}

	async #inSectors({ on, range, isOnce }: DiskFault): Promise<SectorFault> {
		return {
			on,
			...(isOnce !== undefined && { isOnce }),
			...(range !== undefined && { range: await this.#find(range) }),
		};
	}

	async #find(range: DiskRange): Promise<{ firstSector: number; sectors: number }> {
		if ('sectors' in range) return range;
		if (this.#source === undefined) throw new BoardError('bad-range', 'no disk was flashed');
		const partitions = await readPartitions(this.#source);
		const found = partitions.find(({ name }) => name === range.partition);
		if (found !== undefined) return found;
		const names = partitions.map(({ name }) => name).join(', ');
		throw new BoardError('bad-range', `no partition "${range.partition}"; there are ${names}`);
	}

	/** Faults stand on the record of writes, so they are put in anew when that comes or goes. */
	async #change({ log, faults }: { log: DiskFilters['log']; faults: FaultFile | undefined }): Promise<void> {
		if (this.#image === undefined) throw new BoardError('bad-range', 'no disk was flashed');
		const filters: DiskFilters = {
			...(log && { log }),
			...(faults && { faults: { ...faults, name: this.#newName('faults') } }),
		};
		if (this.#qmp !== undefined) await rewire(this.#qmp, this.#filters, filters);
		this.#filters = filters;
	}

	#newName(kind: string): string {
		return `${kind}-${++this.#filterCount}`;
	}
}

/** Puts what is new in over the image, turns the device over to it, and takes what is old out. */
async function rewire(qmp: QmpClient, before: DiskFilters, after: DiskFilters): Promise<void> {
	const old = filterNodes(before).map(nameOf);
	const wanted = filterNodes(after).map(nameOf);
	const added: string[] = [];
	const remove = async (names: readonly string[]) => {
		for (const name of names.toReversed()) await qmp.execute('blockdev-del', { 'node-name': name });
	};
	try {
		for (const node of filterNodes(after))
			if (!old.includes(nameOf(node))) {
				await qmp.execute('blockdev-add', node);
				added.push(nameOf(node));
			}
		await qmp.execute('blockdev-reopen', { options: [deviceNode(after)] });
	} catch (error) {
		await remove(added);
		throw error;
	}
	await remove(old.filter((name) => !wanted.includes(name)));
}

function nameOf(node: BlockNode): string {
	return node['node-name'];
}

async function existing(path: string): Promise<string> {
	await access(path).catch((cause) => {
		throw new BoardError('bad-image', `${path} cannot be read`, { cause });
	});
	if ((await stat(path)).size % 512 !== 0) throw new BoardError('bad-image', `${path} is no whole sectors`);
	return path;
}
