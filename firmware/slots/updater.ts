/**
 * Brings firmware into the slot that does not run, has the boot loader try it, and finds out whether it is
 * good.
 *
 * The other slot is marked as not to be started before its first byte is written, and one write of the boot
 * state gives it to the boot loader once it was read back whole. So whenever the power goes, the slot that
 * is started holds one whole release.
 */
import { settleStart } from './boot-finding.ts';
import { mostReasonLetters, otherSlot, type SlotName, startsOfGood, triesGiven } from './boot-state.ts';
import { BootStateStore } from './boot-state-store.ts';
import { type HealthWait, waitForHealth } from './health-window.ts';
import type { ImageSource } from './image-source.ts';
import { giveStarts, type NextSlot, requireFloor, takeBack, wasGood } from './next-slot.ts';
import { type InstallOptions, requireRoomFor, writeRelease } from './release-writer.ts';
import { SlotRecords } from './slot-records.ts';
import { UpdateError } from './update-error.ts';
import { type UpdateEvent, type UpdateState, updateTransition } from './update-machine.ts';
import type { FirmwareUpdate } from './update-manifest.ts';
import type { SlotsView, StartReport, UpdaterOptions } from './updater-options.ts';
import { WriteMarks } from './write-marks.ts';

export class Updater {
	readonly #options: UpdaterOptions;
	readonly #store: BootStateStore;
	readonly #records: SlotRecords;
	readonly #marks: WriteMarks;
	readonly #other: SlotName;
	readonly #tries: number;
	#state: UpdateState = 'settled';
	#isBusy = false;
	/** The other slot was read back whole since this process started. */
	#isVerified = false;

	private constructor(options: UpdaterOptions, store: BootStateStore) {
		this.#options = options;
		this.#store = store;
		this.#records = new SlotRecords(options.directory);
		this.#marks = new WriteMarks(options.directory.folder('marks'));
		this.#other = otherSlot(options.running.slot);
		this.#tries = options.tries ?? triesGiven;
	}

	/**
	 * Finds out what this start of the box is, and gives what runs its starts back if it is good. Errors: those
	 * of the device of the boot state and of the folder, `boot-state-not-written`.
	 */
	static async start(options: UpdaterOptions): Promise<{ updater: Updater; report: StartReport }> {
		const store = await BootStateStore.open(options.bootState);
		const updater = new Updater(options, store);
		const records = updater.#records;
		const running = options.running.slot;
		updater.#state = await settleStart({ store, records, running, tries: updater.#tries });
		// For people and for a way back: a disk that does not take it is no reason not to start.
		if (updater.#state !== 'trial')
			await records.writeRan(running, { ...options.running, isGood: true }).catch(() => undefined);
		const failed = await records.failed();
		const report = {
			state: updater.#state,
			lost: store.lost,
			failed: failed?.isReported === false ? failed : undefined,
		};
		return { updater, report };
	}

	get state(): UpdateState {
		return this.#state;
	}

	/** The oldest release that is installed. */
	get floor(): number {
		return this.#store.state.floor;
	}

	async view(): Promise<SlotsView> {
		const other = this.#other;
		return {
			running: this.#options.running.slot,
			next: this.#store.state.order[0],
			other: (await this.#records.read(other)) ?? (await this.#ran(other)),
			isOtherGood: await wasGood(this.#next),
			failed: await this.#records.failed(),
		};
	}

	/** Whoever had to know of the failed try knows. */
	async reported(): Promise<void> {
		const failed = await this.#records.failed();
		if (failed !== undefined) await this.#records.writeFailed({ ...failed, isReported: true });
	}

	/**
	 * Writes a release into the other slot. Called again after an error or a cut it goes on where that broke
	 * off. Errors: `wrong-board`, `downgrade-refused`, `not-confirmed`, `update-under-way`, those of
	 * `writeImage` and of the source; what runs, and what boots, is as before.
	 */
	async install(update: FirmwareUpdate, source: ImageSource, options: InstallOptions = {}): Promise<void> {
		this.#requireFit(update);
		await this.#alone(async () => {
			this.#go('install');
			try {
				await this.#write(update, { source, ...options });
			} catch (error) {
				this.#go('failed');
				throw error;
			}
			this.#go('written');
		});
	}

	/**
	 * Has the next boot try the other slot: a release that is ready, or one that was good once. Errors:
	 * `nothing-installed`, `downgrade-refused`, `not-confirmed`, `update-under-way`, `boot-state-not-written`.
	 */
	async choose(): Promise<void> {
		await this.#alone(async () => {
			this.#require('activate');
			if (this.#state === 'activated') return;
			try {
				await giveStarts(this.#next, this.#isVerified);
			} catch (error) {
				if ((await this.#records.read(this.#other))?.isReady !== true) this.#state = 'settled';
				throw error;
			}
			this.#go('activate');
		});
	}

	/** As `choose`, and restarts. Errors: those of `choose`. */
	async activate(): Promise<void> {
		await this.choose();
		await this.#options.restart();
	}

	/** Has the next boot start what runs, whatever was chosen. Errors: `not-confirmed`, `update-under-way`, `boot-state-not-written`. */
	async withdraw(): Promise<void> {
		await this.#alone(async () => {
			if (this.#state !== 'activated') {
				if (this.#state === 'trial' || this.#state === 'rejected') this.#require('withdraw');
				return;
			}
			this.#go((await takeBack(this.#next)) ? 'withdraw-good' : 'withdraw');
		});
	}

	/**
	 * For a start in the state `trial`: waits for the box to be as healthy as it was before. Then what runs is
	 * good and the floor is raised to it; or else the box restarts, which leads back once the starts are used
	 * up. With no good slot to go back to it waits for as long as it takes. Errors: `not-confirmed` in another
	 * state, `boot-state-not-written`, the signal's reason.
	 */
	async trial({
		signal,
		onFound,
	}: Pick<HealthWait, 'signal' | 'onFound'> = {}): Promise<'healthy' | 'unhealthy'> {
		this.#require('healthy');
		const { health, clock, window, running } = this.#options;
		const record = await this.#records.read(running.slot);
		const wait = { health, clock, ...window, before: record?.before ?? [], signal, onFound };
		let problems = await waitForHealth(wait);
		while (problems.length > 0 && !this.#store.state[this.#other].isGood)
			problems = await waitForHealth(wait);
		if (problems.length > 0) {
			this.#go('unhealthy');
			const reason = `unhealthy-${problems.join('-').replaceAll(/[^a-z0-9-]/g, '-')}`;
			// A reason that cannot be kept is no reason to stay.
			await this.#store.change(() => ({ reason: reason.slice(0, mostReasonLetters) })).catch(() => undefined);
			await this.#options.restart();
			return 'unhealthy';
		}
		await this.#store.change(({ floor }) => ({
			order: [running.slot, this.#other],
			[running.slot]: { left: startsOfGood, isGood: true },
			floor: Math.max(floor, running.release),
			reason: '',
		}));
		await this.#records.writeRan(running.slot, { ...running, isGood: true }).catch(() => undefined);
		this.#go('healthy');
		return 'healthy';
	}

	#requireFit(update: FirmwareUpdate): void {
		const { board, release, version } = update;
		if (board !== this.#options.board)
			throw new UpdateError('wrong-board', `${version} is for ${board}, and this is ${this.#options.board}`);
		requireFloor({ release, version }, this.floor);
		requireRoomFor(update, { slot: this.#other, devices: this.#options.slots[this.#other] });
	}

	async #write(
		update: FirmwareUpdate,
		options: InstallOptions & { readonly source: ImageSource },
	): Promise<void> {
		const { slots, running, clock, reclaim } = this.#options;
		const { version, release, parts } = update;
		const slot = this.#other;
		this.#isVerified = false;
		await this.#store.change(() => ({
			order: [running.slot, slot],
			[slot]: { left: 0, isGood: false },
			reason: '',
		}));
		const record = { version, release, parts, isReady: false };
		await this.#records.forgetRan(slot);
		await this.#records.write(slot, record);
		// What was told of the slot is of something else than what comes into it.
		if ((await this.#records.failed())?.isReported === true) await this.#records.forgetFailed();
		const devices = { devices: slots[slot], old: slots[running.slot] };
		await writeRelease(update, { ...options, ...devices, slot, marks: this.#marks, clock, reclaim });
		await this.#records.write(slot, { ...record, isReady: true });
		this.#isVerified = true;
	}

	get #next(): NextSlot {
		const { running } = this.#options;
		const [store, records, tries] = [this.#store, this.#records, this.#tries];
		return { ...this.#options, running: running.slot, store, records, tries };
	}

	/** Of a slot that came to the box some other way than by an update. */
	async #ran(slot: SlotName): Promise<SlotsView['other']> {
		const ran = await this.#records.ran(slot);
		return ran && { ...ran, isReady: false };
	}

	async #alone(action: () => Promise<void>): Promise<void> {
		if (this.#isBusy)
			throw new UpdateError('update-under-way', 'another update is being written or activated');
		this.#isBusy = true;
		try {
			await action();
		} finally {
			this.#isBusy = false;
		}
	}

	#go(event: Exclude<UpdateEvent, 'booted'>): void {
		this.#state = this.#require(event);
	}

	#require(event: Exclude<UpdateEvent, 'booted'>): UpdateState {
		const way = updateTransition(this.#state, event);
		if (way !== undefined) return way.to;
		const state = this.#state;
		throw new UpdateError('not-confirmed', `${event} means nothing while the firmware is ${state}`);
	}
}
