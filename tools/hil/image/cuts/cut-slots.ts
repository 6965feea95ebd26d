/** What a box starts after a power cut: the boot loader chooses, and the slot holds a whole release or it does not. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Board } from '../../../../firmware/image/board.ts';
import { type DiskPartition, partitionsOf } from '../../../../firmware/image/partitions.ts';
import type { SlotName } from '../../../../firmware/slots/boot-state.ts';
import { BootStateStore } from '../../../../firmware/slots/boot-state-store.ts';
import { MemoryBlockDevice } from '../../../../firmware/slots/memory-block-device.ts';
import { bootOnce } from '../../../../firmware/slots/simulated-boot-loader.ts';
import { type Partition, partitions } from '../../../../firmware/slots/update-manifest.ts';
import { codeOf } from '../../../../runtime/error.ts';
import type { CrashState } from '../../board/crash-states.ts';

/** Starts with nobody but the boot loader at work: more than all slots have left. */
const starts = 20;
const pieceBytes = 4 * 1024 * 1024;

export interface CutSlotsOptions {
	readonly board: Board;
	/** The whole disk before the log began. */
	readonly base: FileHandle;
	/** Releases that may be started, by what is in their slots. */
	readonly releases: ReadonlyMap<number, Readonly<Record<Partition, { readonly file: string }>>>;
}

export type DiskState = Pick<CrashState, 'read' | 'within'>;

/** The disk without anything laid over it. */
const asItIs: DiskState = {
	within: () => [],
	read: async (base, offset, bytes) => {
		const buffer = Buffer.alloc(bytes);
		await base.read(buffer, 0, bytes, offset);
		return buffer;
	},
};

export class CutSlots {
	readonly #options: CutSlotsOptions;
	/** By slot and what was written over it: each such content is compared once. */
	readonly #known = new Map<string, number | undefined>();
	/** Releases that were started in any of the states. */
	readonly started = new Set<number>();

	constructor(options: CutSlotsOptions) {
		this.#options = options;
	}

	/** @param state default the base as it is @returns what is wrong; undefined where every start finds a whole release */
	async faultIn(state: DiskState = asItIs): Promise<string | undefined> {
		try {
			const slots = await this.startsOf(state);
			for (const slot of new Set(slots)) {
				const release = await this.#releaseIn(state, slot);
				if (release === undefined) return `slot ${slot} is started and is no whole release`;
				this.started.add(release);
			}
			return undefined;
		} catch (error) {
			return `${codeOf(error)}: ${error instanceof Error ? error.message : error}`;
		}
	}

	/** Slots that the next starts choose, in their order. Errors: `boot-state-lost` */
	async startsOf(state: DiskState): Promise<SlotName[]> {
		const { start, size } = this.#partition('bootstate');
		const content = await state.read(this.#options.base, start, size);
		const device = new MemoryBlockDevice({ size, content });
		const { lost } = await BootStateStore.open(device);
		if (lost !== undefined) throw lost;
		const slots: SlotName[] = [];
		while (slots.length < starts) slots.push(await bootOnce(device));
		return slots;
	}

	async #releaseIn(state: DiskState, slot: SlotName): Promise<number | undefined> {
		const places = partitions.map((partition) => this.#partition(`${partition}-${slot}`));
		const key = JSON.stringify([slot, places.map(({ start, size }) => state.within(start, size))]);
		if (!this.#known.has(key)) this.#known.set(key, await this.#lookInto(state, slot));
		return this.#known.get(key);
	}

	async #lookInto(state: DiskState, slot: SlotName): Promise<number | undefined> {
		for (const [release, images] of this.#options.releases) {
			const isWhole = async (partition: Partition): Promise<boolean> =>
				this.#holds(state, this.#partition(`${partition}-${slot}`), images[partition].file);
			if ((await isWhole('boot')) && (await isWhole('root'))) return release;
		}
		return undefined;
	}

	async #holds(state: DiskState, { start }: DiskPartition, image: string): Promise<boolean> {
		await using file = await open(image);
		const { size } = await file.stat();
		const wanted = Buffer.alloc(pieceBytes);
		for (let at = 0; at < size; at += pieceBytes) {
			const { bytesRead } = await file.read(wanted, 0, pieceBytes, at);
			const held = await state.read(this.#options.base, start + at, bytesRead);
			if (!held.equals(wanted.subarray(0, bytesRead))) return false;
		}
		return true;
	}

	#partition(wanted: string): DiskPartition {
		const found = partitionsOf(this.#options.board).find(({ name }) => name === wanted);
		if (found === undefined) throw new Error(`there is no partition ${wanted}`);
		return found;
	}
}
