/** A box that looks after its own firmware, with its slots in files: a process of its own, restarted as an image would be. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FactoryModule, FactoryPolicy } from '../../../firmware/factory/factory-module.ts';
import type { SlotName } from '../../../firmware/slots/boot-state.ts';
import type { HealthWindow } from '../../../firmware/slots/health-window.ts';
import { releasePath, releaseTargets } from '../../../firmware/slots/release-targets.ts';
import { bootFrom, devicesIn, makeSlotFiles, slotBytes } from '../../../firmware/slots/slot-files.fixture.ts';
import { board, imagesOf } from '../../../firmware/slots/testbed.fixture.ts';
import { manifestOf } from '../../../runtime/component/prepare.ts';
import type { Ending } from './operated-box.ts';
import { TestBox, type TestBoxOptions } from './test-box.ts';

export const imageTable = 'Device.DeviceInfo.FirmwareImage.';

export interface Firmware {
	/** What it carries. */
	readonly modules?: readonly { readonly bytes: Uint8Array; readonly policy?: FactoryPolicy }[];
	/** How it is found good; default two checks, a tenth of a second apart. */
	readonly trial?: HealthWindow;
}

export class SlotBox implements AsyncDisposable {
	readonly box: TestBox;
	/** Folder of the partitions. */
	readonly slots: string;
	readonly #inSlot: Map<SlotName, number>;

	private constructor(box: TestBox, slots: string, inSlot: Map<SlotName, number>) {
		this.box = box;
		this.slots = slots;
		this.#inSlot = inSlot;
	}

	/** @param firmware by release: 1 runs first, the others are in the repository */
	static async start(
		firmware: Readonly<Record<number, Firmware>>,
		options: Omit<TestBoxOptions, 'image'> = {},
	): Promise<SlotBox> {
		const slots = await mkdtemp(join(tmpdir(), 'mullion-slots-'));
		await makeSlotFiles(slots);
		const carried = new Map<number, FactoryModule[]>();
		for (const [release, { modules = [] }] of Object.entries(firmware)) {
			const staged: FactoryModule[] = [];
			for (const { bytes, policy = 'newer' } of modules) {
				const { name, version } = manifestOf(bytes);
				const file = join(slots, `${release}-${name}.wasm`);
				await writeFile(file, bytes);
				const digest = createHash('sha256').update(bytes).digest('hex');
				staged.push({ name, version, digest, policy, file });
			}
			carried.set(Number(release), staged);
		}
		const inSlot = new Map<SlotName, number>([['a', 1]]);
		const box = await TestBox.start({
			...options,
			image: async () => {
				const slot = await bootFrom(slots);
				const release = inSlot.get(slot) ?? 0;
				return {
					board,
					version: `1.${release}.0`,
					release,
					slot,
					devices: devicesIn(slots),
					modules: carried.get(release) ?? [],
					trial: firmware[release]?.trial ?? { everyMs: 100, needed: 2 },
				};
			},
		});
		for (const release of Object.keys(firmware).map(Number)) {
			const made = { board, version: `1.${release}.0`, release, slotBytes, images: imagesOf(release) };
			for (const target of releaseTargets(made)) await box.stage.headend.repository.addTarget(target);
		}
		return new SlotBox(box, slots, inSlot);
	}

	/** The command that writes a release into a slot; it is what that slot boots from then on. */
	download(release: number, slot: SlotName, AutoActivate = 'true'): Promise<Ending> {
		this.willBoot(slot, release);
		const URL = `tuf:${releasePath({ board, version: `1.${release}.0` })}`;
		return this.box.command(`${imageTable}${slot === 'a' ? 1 : 2}.Download()`, { URL, AutoActivate });
	}

	/** What comes into a slot by other ways than `download`. */
	willBoot(slot: SlotName, release: number): void {
		this.#inSlot.set(slot, release);
	}

	/** Does it, and resolves with the box back once it has asked for a restart and had it. */
	async restarted(act: () => Promise<unknown>): Promise<void> {
		// In an image the end of the firmware is a restart of the box.
		const { exited } = this.box.stage.box;
		const done = act();
		done.catch(() => undefined);
		await exited;
		await this.box.stage.powerOn();
	}

	async powerCut(): Promise<void> {
		await this.box.stage.powerCut();
		await this.box.stage.powerOn();
	}

	/** The rows of both slots. */
	async images(): Promise<readonly Readonly<Record<string, string>>[]> {
		return Object.values(await this.box.stage.operator.get([imageTable]));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.box[Symbol.asyncDispose]();
		await rm(this.slots, { recursive: true, force: true });
	}
}
