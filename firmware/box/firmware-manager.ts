/** Firmware as the operator manages it: from a release in the signed repository to a slot that was found good. */
import { Matter } from '../../proto/host/bus/firmware.ts';
import type { Clock } from '../../runtime/clock.ts';
import { CodedError, codeOf } from '../../runtime/error.ts';
import type { FirmwareManager as FirmwareManagerPort, FirmwareStatus } from '../agent/ports.ts';
import { otherSlot } from '../slots/boot-state.ts';
import type { InstallOptions } from '../slots/release-writer.ts';
import { RepositorySource } from '../slots/repository-source.ts';
import { type FirmwareUpdate, parseUpdate, releasesFor } from '../slots/update-manifest.ts';
import type { Updater } from '../slots/updater.ts';
import type { StartReport } from '../slots/updater-options.ts';
import type { RangeReader } from '../update/range-reader.ts';
import type { Trust } from '../update/trust.ts';
import { describe, failureOf, slotStatuses } from './firmware-status.ts';
import type { Home } from './home.ts';

export const firmwareManagerErrors = {
	insecure: 'The URL is not of the signed repository; only `tuf:` URLs are installed from.',
	'unknown-target': 'The signed repository has no such release.',
	'slot-in-use': 'This slot runs, so nothing can be written into it.',
	'activation-failed': 'The firmware was tried, given up and the one before started again.',
	'nothing-newer':
		'The signed repository has no release for this board that is newer than the one that runs.',
} as const;

export class FirmwareManagerError extends CodedError<keyof typeof firmwareManagerErrors> {
	override readonly name = 'FirmwareManagerError';
}

export interface FirmwareManagerOptions {
	/** As `Updater.start` gives them. */
	readonly updater: Updater;
	readonly report: StartReport;
	readonly board: string;
	/** Of what runs. */
	readonly version: string;
	readonly release: number;
	readonly trust: Pick<Trust, 'refresh' | 'find' | 'target'>;
	readonly reader: RangeReader;
	readonly clock: Clock;
	/** Has the box start anew; it may return before it does. */
	readonly restart: () => Promise<void>;
	/** Whether a restart would disturb nobody. */
	readonly isIdle: () => boolean;
	/** Those who may be asked before a restart, and are told of what becomes of firmware. */
	readonly home: Pick<Home, 'ask' | 'tell'>;
	/** What runs is good: found so now, or at an earlier start. */
	readonly onGood?: () => void | Promise<void>;
	/** Told of what an operator would look for in the log. */
	readonly onNote: (text: string) => void;
}

const scheme = 'tuf:';

export class FirmwareManager implements FirmwareManagerPort {
	readonly #options: FirmwareManagerOptions;
	/** Of what runs, where it is on trial. */
	readonly #trial: Promise<'healthy' | 'unhealthy'> | undefined;
	readonly #closing = new AbortController();
	/** How the last download ended, if badly. */
	#failure: FirmwareStatus['status'] | undefined;

	private constructor(options: FirmwareManagerOptions) {
		this.#options = options;
		const { updater, onNote, home, version } = options;
		if (updater.state !== 'trial') {
			void this.#good();
			return;
		}
		const { signal } = this.#closing;
		this.#trial = updater.trial({
			signal,
			onFound: (problems) => {
				const found = problems.length > 0 ? `not healthy yet: ${problems.join(', ')}` : 'healthy by now';
				onNote(`the firmware that runs is ${found}`);
			},
		});
		this.#trial.then(
			(outcome) => {
				onNote(`the firmware that runs was found ${outcome}`);
				if (outcome !== 'healthy') return;
				home.tell(Matter.MATTER_DONE, { version });
				void this.#good();
			},
			(error) => {
				if (!signal.aborted) onNote(`the firmware that runs could not be found good: ${codeOf(error)}`);
			},
		);
	}

	/** Tells of what the start found, once, and begins the trial of what runs if it is on trial. Errors: `io`, `disk-full`. */
	static async open(options: FirmwareManagerOptions): Promise<FirmwareManager> {
		const { updater, report, home, onNote } = options;
		const { lost, failed } = report;
		if (lost !== undefined) onNote(`${lost.code}: ${lost.message}`);
		if (failed !== undefined) {
			onNote(describe(failed));
			home.tell(Matter.MATTER_FAILED, { version: failed.version ?? '', text: describe(failed) });
			await updater.reported();
		}
		return new FirmwareManager(options);
	}

	async list(): Promise<FirmwareStatus[]> {
		const { updater, version } = this.#options;
		const state = { version, update: updater.state, failure: this.#failure };
		return slotStatuses(await updater.view(), state);
	}

	async download({ slot, url, signal }: Parameters<FirmwareManagerPort['download']>[0]): Promise<void> {
		const { updater, reader, clock, trust } = this.#options;
		const { running } = await updater.view();
		if (slot === running) throw new FirmwareManagerError('slot-in-use', `slot ${slot} runs`);
		this.#failure = undefined;
		try {
			await trust.refresh(signal);
			const update = this.#updateAt(url);
			const target = (path: string) => trust.target(path);
			const onPatchRefused = (error: Error): void =>
				this.#options.onNote(`a patch was not used: ${codeOf(error)}`);
			const source = new RepositorySource({ reader, clock, target, onPatchRefused });
			await updater.install(update, source, { signal, onProgress: this.#progressOf(update) });
		} catch (error) {
			this.#failure = failureOf(codeOf(error));
			throw error;
		}
	}

	async #good(): Promise<void> {
		const { onGood, onNote } = this.#options;
		try {
			await onGood?.();
		} catch (error) {
			onNote(`what older firmware has left is not forgotten: ${codeOf(error)}`);
		}
	}

	/**
	 * Brings the newest release that is newer than what runs, and has the box try it. Never resolves: the box
	 * restarts. Errors: `nothing-newer`, and those of `download` and `activate`.
	 */
	async update(): Promise<void> {
		const { updater, trust, board, release } = this.#options;
		const { signal } = this.#closing;
		const slot = otherSlot((await updater.view()).running);
		await trust.refresh(signal);
		const [newest] = releasesFor(
			board,
			trust.find((custom) => custom['firmware'] !== undefined),
		);
		if (newest === undefined || newest.release <= release)
			throw new FirmwareManagerError('nothing-newer', `release ${release} is the newest for ${board}`);
		const path = newest.targets[0]?.path ?? '';
		await this.download({ slot, url: `${scheme}${path.slice(0, path.lastIndexOf('/'))}`, signal });
		await this.activate({ slot, isResumed: false, signal });
	}

	/** Notes each quarter of an image: each note is written to a console and a disk. */
	#progressOf({ version, parts }: FirmwareUpdate): NonNullable<InstallOptions['onProgress']> {
		let noted = '';
		return ({ partition, bytes }) => {
			const { length } = parts[partition];
			const quarter = `${partition} ${Math.floor((bytes * 4) / length)}`;
			if (quarter === noted) return;
			noted = quarter;
			this.#options.onNote(`firmware ${version}: ${partition} has ${bytes} of ${length} bytes`);
		};
	}

	async wasTried(slot: string): Promise<boolean> {
		const { running, failed, other } = await this.#options.updater.view();
		if (slot === running) return true;
		return failed?.slot === slot && failed.release === other?.release && other?.isReady !== true;
	}

	async activate({ slot, isResumed, signal }: Parameters<FirmwareManagerPort['activate']>[0]): Promise<void> {
		const { updater } = this.#options;
		const { running, failed } = await updater.view();
		if (slot === running) {
			if ((await this.#trial) !== 'unhealthy') return;
			// The box restarts and the command is taken up after that.
			return ended(signal);
		}
		if (isResumed && failed?.slot === slot)
			throw new FirmwareManagerError('activation-failed', describe(failed));
		await updater.activate();
		return ended(signal);
	}

	async setNext({ slot }: { slot: string }): Promise<void> {
		const { updater } = this.#options;
		const { running } = await updater.view();
		await (slot === running ? updater.withdraw() : updater.choose());
	}

	restart(): Promise<void> {
		return this.#options.restart();
	}

	isIdle(): boolean {
		return this.#options.isIdle();
	}

	async ask({ slot, ...question }: Parameters<FirmwareManagerPort['ask']>[0]) {
		const version = (await this.list()).find((image) => image.slot === slot)?.version ?? '';
		return this.#options.home.ask({ ...question, version });
	}

	/** Ends the trial without an outcome: the next start goes on with it. */
	async close(): Promise<void> {
		this.#closing.abort();
		await this.#trial?.catch(() => undefined);
	}

	/** The URL names the folder of a release: `tuf:firmware/BOARD/VERSION`. */
	#updateAt(url: string): FirmwareUpdate {
		const { trust, board, updater } = this.#options;
		if (!url.startsWith(scheme)) {
			const message = `"${url}" is not of the signed repository: it must begin with ${scheme}`;
			throw new FirmwareManagerError('insecure', message);
		}
		const folder = `${url.slice(scheme.length).replace(/\/$/, '')}/`;
		const targets = trust
			.find((custom) => custom['firmware'] !== undefined)
			.filter(({ path }) => path.startsWith(folder));
		if (targets.length === 0)
			throw new FirmwareManagerError('unknown-target', `the repository signs no release at "${url}"`);
		return parseUpdate(targets, { board, floor: updater.floor });
	}
}

/** Never resolves: what waits goes on in the next life of the box, unless it is told to stop. */
function ended(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		if (signal.aborted) reject(signal.reason);
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}
