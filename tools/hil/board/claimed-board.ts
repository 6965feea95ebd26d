/** A board as one test has it: what the test did not claim is out of its reach, on whatever board it runs. */
import type {
	Board,
	BoardClock,
	BoardEvent,
	BoardEventKind,
	BoardFeature,
	BoardImage,
	BoardLink,
	BoardStorage,
	Buttons,
	FlashOptions,
	Power,
	SerialConsole,
	Snapshots,
	Usb,
} from './board.ts';
import { BoardError } from './board-error.ts';

/** What a backend makes: a part that it lacks is not there. */
export interface BoardParts extends AsyncDisposable {
	readonly name: string;
	readonly versions: Readonly<Record<string, string>>;
	readonly serial: SerialConsole;
	readonly power?: Power;
	readonly link?: BoardLink;
	readonly storage?: BoardStorage;
	readonly buttons?: Buttons;
	readonly usb?: Usb;
	readonly clock?: BoardClock;
	readonly snapshots?: Snapshots;
	reset?(): Promise<void>;
	flash?(image: BoardImage, options?: FlashOptions): Promise<void>;
	events(signal?: AbortSignal): AsyncIterable<BoardEvent>;
	next(kind: BoardEventKind, signal?: AbortSignal): Promise<BoardEvent>;
}

export interface ClaimedBoardOptions {
	readonly parts: BoardParts;
	/** What the test claimed; the parts are there for each of them. */
	readonly features: ReadonlySet<BoardFeature>;
	readonly held: AsyncDisposable;
}

export class ClaimedBoard implements Board {
	readonly features: ReadonlySet<BoardFeature>;
	readonly #parts: BoardParts;
	readonly #held: AsyncDisposable;

	/** @param held what is given back when the test is done */
	constructor({ parts, features, held }: ClaimedBoardOptions) {
		this.#parts = parts;
		this.#held = held;
		this.features = features;
	}

	get name(): string {
		return this.#parts.name;
	}

	get versions(): Readonly<Record<string, string>> {
		return this.#parts.versions;
	}

	get serial(): SerialConsole {
		return this.#parts.serial;
	}

	get power(): Power {
		return this.#claimed(this.#parts.power, 'power');
	}

	get link(): BoardLink {
		return this.#claimed(this.#parts.link, 'link', 'link-shape');
	}

	get storage(): BoardStorage {
		return this.#claimed(this.#parts.storage, 'storage-faults', 'storage-speed', 'write-log');
	}

	get buttons(): Buttons {
		return this.#claimed(this.#parts.buttons, 'buttons');
	}

	get usb(): Usb {
		return this.#claimed(this.#parts.usb, 'usb');
	}

	get clock(): BoardClock {
		return this.#claimed(this.#parts.clock, 'clock');
	}

	get snapshots(): Snapshots {
		return this.#claimed(this.#parts.snapshots, 'snapshots');
	}

	async reset(): Promise<void> {
		await this.#claimed(this.#parts.reset, 'reset').call(this.#parts);
	}

	async flash(image: BoardImage, options?: FlashOptions): Promise<void> {
		await this.#claimed(this.#parts.flash, 'flash').call(this.#parts, image, options);
	}

	events(signal?: AbortSignal): AsyncIterable<BoardEvent> {
		return this.#parts.events(signal);
	}

	next(kind: BoardEventKind, signal?: AbortSignal): Promise<BoardEvent> {
		// Who waits for a watchdog that is not there would wait for ever.
		if (kind === 'watchdog') this.#claimed(true, 'watchdog');
		return this.#parts.next(kind, signal);
	}

	[Symbol.asyncDispose](): PromiseLike<void> {
		return this.#held[Symbol.asyncDispose]();
	}

	/** One of the features is enough for the part. */
	#claimed<Part>(part: Part | undefined, ...features: readonly BoardFeature[]): Part {
		if (part === undefined || !features.some((feature) => this.features.has(feature)))
			throw new BoardError('board-lacks', `the test did not claim ${features.join(' or ')} on ${this.name}`);
		return part;
	}
}
