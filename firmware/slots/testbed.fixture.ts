/** A whole box for tests: a disk with two slots, a boot loader, and an updater in whatever runs. */
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { type BootState, encodeBootState, type SlotName, startsOfGood } from './boot-state.ts';
import { BootStateStore } from './boot-state-store.ts';
import { DeviceHistory } from './device-history.ts';
import { chunksOf, content } from './image.fixture.ts';
import type { ImageSource } from './image-source.ts';
import { MemoryBlockDevice } from './memory-block-device.ts';
import { bootOnce } from './simulated-boot-loader.ts';
import { SimulatedHealth } from './simulated-health.ts';
import { type Release, releaseTargets } from './update-manifest.fixture.ts';
import { type FirmwareUpdate, type Partition, parseUpdate } from './update-manifest.ts';
import { Updater } from './updater.ts';
import type { UpdaterOptions } from './updater-options.ts';

export const board = 'qemu-arm64';

export type Images = Readonly<Record<Partition, Uint8Array>>;

const made = new Map<number, Images>();

export function imagesOf(release: number): Images {
	const images = made.get(release) ?? makeImages(release);
	made.set(release, images);
	return images;
}

function makeImages(release: number): Images {
	return {
		boot: content(150_000 + release, 2 * release + 1),
		root: content(1_300_000 + release, 2 * release + 2),
	};
}

export function updateOf({
	release,
	images = imagesOf(release),
	...rest
}: Partial<Release> & { release: number }) {
	return parseUpdate(releaseTargets({ release, images, ...rest }), { board, floor: 0 });
}

/** Gives the images of a release, and counts from where it was asked. */
export function sourceOf(images: Images, update: FirmwareUpdate): ImageSource & { readonly asked: number[] } {
	const asked: number[] = [];
	return {
		asked,
		read: ({ image, from }) => {
			asked.push(from);
			return chunksOf(image.sha256 === update.parts.boot.sha256 ? images.boot : images.root, { from });
		},
	};
}

export const factoryState: BootState = {
	seq: 1,
	order: ['a', 'b'],
	a: { left: startsOfGood, isGood: true },
	b: { left: 0, isGood: false },
	floor: 1,
	reason: '',
};

export interface SlotBoxOptions {
	readonly state?: BootState;
	readonly imagesOf?: (release: number) => Images;
	readonly partitionBytes?: Readonly<Record<Partition, number>>;
}

/** Made with release 1 in slot a. */
export class SlotBox {
	readonly history = new DeviceHistory();
	readonly bootState: MemoryBlockDevice;
	readonly slots: Record<SlotName, Record<Partition, MemoryBlockDevice>>;
	readonly clock = new ManualClock();
	readonly health = new SimulatedHealth();
	directory = new MemoryDirectory();
	restarts = 0;
	/** What the image of each slot says of itself. */
	readonly releases = new Map<SlotName, number>([['a', 1]]);
	readonly #imagesOf: (release: number) => Images;

	constructor({
		state = factoryState,
		imagesOf: own = imagesOf,
		partitionBytes = { boot: 200_000, root: 1_500_000 },
	}: SlotBoxOptions = {}) {
		this.#imagesOf = own;
		const device = (name: string, size: number, bytes?: Uint8Array): MemoryBlockDevice =>
			new MemoryBlockDevice({ name, size, history: this.history, ...(bytes && { content: bytes }) });
		const { boot, root } = own(1);
		this.bootState = device('bootstate', 65_536, encodeBootState(state));
		this.slots = {
			a: {
				boot: device('boot-a', partitionBytes.boot, boot),
				root: device('root-a', partitionBytes.root, root),
			},
			b: { boot: device('boot-b', partitionBytes.boot), root: device('root-b', partitionBytes.root) },
		};
	}

	/** Power on: the boot loader chooses, and what it starts opens its updater. */
	async boot(options: Partial<UpdaterOptions> = {}) {
		const slot = await bootOnce(this.bootState);
		return { slot, ...(await this.open(slot, options)) };
	}

	/** The process starts, without the boot loader. */
	open(slot: SlotName, options: Partial<UpdaterOptions> = {}) {
		return Updater.start({
			board,
			running: { slot, version: `1.${this.releases.get(slot)}.0`, release: this.releases.get(slot) ?? 0 },
			bootState: this.bootState,
			slots: this.slots,
			directory: this.directory,
			health: this.health,
			clock: this.clock,
			restart: async () => void this.restarts++,
			window: { windowMs: 1000, everyMs: 100, needed: 3 },
			...options,
		});
	}

	async install(updater: Updater, release: number): Promise<void> {
		const images = this.#imagesOf(release);
		const update = updateOf({ release, images });
		await updater.install(update, sourceOf(images, update));
		this.releases.set((await this.state()).order[1], release);
	}

	async state(): Promise<BootState> {
		return (await BootStateStore.open(this.bootState)).state;
	}

	/** Has the trial go on to its end: time passes whenever the box has been asked how it is. */
	async trial(updater: Updater): Promise<'healthy' | 'unhealthy'> {
		const trial = updater.trial();
		let isOver = false;
		const end = trial.then(
			() => (isOver = true),
			() => (isOver = true),
		);
		while (!isOver) {
			await Promise.race([end, new Promise((resolve) => setImmediate(resolve))]);
			this.clock.advance(100);
		}
		return trial;
	}
}
