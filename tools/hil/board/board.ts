/** A box on the bench: what a test may do to it and see of it, whatever it is made of. */
import type { Shape } from '../link/shape.ts';
import type { ConsoleLine } from './console-lines.ts';
import type { SerialExpectOptions, SerialMatch, SerialPattern } from './serial-expect.ts';

/** What a board may have beside its serial console; a test names what it needs (`claim`). */
export const boardFeatures = {
	power: 'it can be switched on and off, and cut off at an instant',
	reset: 'its reset line can be pulled',
	flash: 'an image can be put on it',
	link: 'its network loses its carrier and gets it back',
	'link-shape': 'its network can be slow, late and lossy',
	'storage-faults': 'ranges of its disk fail with I/O errors',
	'storage-speed': 'its disk can be slow',
	'write-log': 'every write to its disk is recorded, with the flushes between them',
	watchdog: 'it has a hardware watchdog, and the bench sees it fire',
	buttons: 'its buttons can be pressed',
	usb: 'USB devices can be plugged in and out while it runs',
	clock: 'its real-time clock can be set before it is switched on',
	snapshots: 'the whole of it can be saved and brought back in less than a second',
} as const;

export type BoardFeature = keyof typeof boardFeatures;

/**
 * Every part is there; one whose feature was not claimed, or that the board lacks, throws `board-lacks` at
 * the first touch. Closing it switches it off and lets the next test have it.
 */
export interface Board extends AsyncDisposable {
	readonly name: string;
	readonly features: ReadonlySet<BoardFeature>;
	/** What it is made of, for the report: name of the part -> version. */
	readonly versions: Readonly<Record<string, string>>;
	readonly serial: SerialConsole;
	readonly power: Power;
	readonly link: BoardLink;
	readonly storage: BoardStorage;
	readonly buttons: Buttons;
	readonly usb: Usb;
	readonly clock: BoardClock;
	readonly snapshots: Snapshots;
	/** Pulls the reset line: the box starts anew, its disk keeps what it was given. @throws BoardError `board-off` */
	reset(): Promise<void>;
	/** Puts an image on it; the box is off while that happens. @throws BoardError `bad-image`, `command-failed` */
	flash(image: BoardImage, options?: FlashOptions): Promise<void>;
	/** What happens to the box from this call on, until it is closed. */
	events(signal?: AbortSignal): AsyncIterable<BoardEvent>;
	/** The next event of a kind from this call on: call it before the cause. @throws BoardError `board-gone` */
	next(kind: BoardEventKind, signal?: AbortSignal): Promise<BoardEvent>;
}

/** `reset` follows `watchdog` when that is what it does; `shutdown` is a box that switched itself off. */
export type BoardEventKind = 'on' | 'off' | 'cut' | 'reset' | 'watchdog' | 'shutdown' | 'disk-error';

export interface BoardEvent {
	readonly kind: BoardEventKind;
	readonly by: 'bench' | 'box';
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	/** More about it, such as what the disk refused. */
	readonly detail?: string;
}

export interface Power {
	readonly isOn: boolean;
	/** Switching on what is on is harmless, and so is switching off what is off. */
	on(): Promise<void>;
	/** Without asking the system, but the disk keeps all that it had taken. */
	off(): Promise<void>;
	/** At this instant: what was not flushed may be lost. */
	cut(): Promise<void>;
}

export interface SerialConsole {
	/** Everything the box ever said, byte for byte, over all its lives. */
	readonly logFile: string;
	/** The last few thousand lines, with when it said them. */
	readonly lines: readonly ConsoleLine[];
	/** Copies all of the log so far to where it outlives the board. */
	copyLog(path: string): Promise<void>;
	/** @throws BoardError `board-off` */
	write(text: string): void;
	/**
	 * Waits for a text anywhere, or for a line that a regular expression matches, behind what was matched
	 * last. It waits through resets and power cuts that the test makes.
	 * @throws BoardError `board-gone`, `board-off` (the box switched itself off), `unexpected-output`
	 */
	expect(pattern: SerialPattern, options?: SerialExpectOptions): Promise<SerialMatch>;
}

export interface BoardLink {
	/** Takes the carrier away or gives it back, so that the box notices. Holds over power cuts. */
	down(): Promise<void>;
	up(): Promise<void>;
	/** Changes both directions; `isUp: false` loses all without a sign of it. @throws RigError `bad-shape` */
	shape(change: Partial<Shape>): void;
	/** Whole frames that came from the box and went to it. */
	readonly frames: { readonly fromBox: number; readonly toBox: number };
}

/** Part of a disk: a partition by its GPT name, or sectors of 512 bytes. */
export type DiskRange =
	| { readonly partition: string }
	| { readonly firstSector: number; readonly sectors: number };

export interface DiskFault {
	readonly on: 'read' | 'write' | 'flush';
	/** Default: all of the disk. */
	readonly range?: DiskRange;
	/** Every block of the range fails once only, as one that is moved elsewhere does. Default: for good. */
	readonly isOnce?: boolean;
}

export interface DiskSpeed {
	/** Bytes a second; 0 for no limit. */
	readonly readRate?: number;
	readonly writeRate?: number;
}

/** Faults and speed hold over resets and power cuts, until they are changed. */
export interface BoardStorage {
	/** Requests that match any of these end with an I/O error; none for a healthy disk. @throws BoardError `bad-range` */
	fail(faults: readonly DiskFault[]): Promise<void>;
	/** @throws BoardError `bad-range` */
	slow(speed: DiskSpeed): Promise<void>;
	/** Records every write into a new file (`write-log.ts` reads it), over power cuts too. */
	record(path: string): Promise<void>;
	stopRecording(): Promise<void>;
}

export interface Buttons {
	/** @throws BoardError `board-lacks` when there is none of that name */
	press(name: string): Promise<void>;
}

export interface UsbStick {
	/** A raw image that is its contents; the box writes to it. */
	readonly file: string;
}

/** A serial adapter (FTDI, 0403:6001) in the box, of which the device's end is here. */
export interface UsbSerial {
	/** For `unplug`. */
	readonly name: string;
	say(text: string): void;
	/** The next whole line that the box says to it. */
	heard(): Promise<string>;
}

/** A device of any kind that no driver has to serve, by what it says of itself. */
export interface PlayedUsbDevice {
	readonly vendorId: number;
	readonly productId: number;
	/** How many it has, up to 32. */
	readonly interfaces: number;
	/** A descriptor by type and number; undefined refuses. */
	descriptor(type: number, index: number): Uint8Array | undefined;
}

export interface Usb {
	plugSerial(): Promise<UsbSerial>;
	/** @returns its name, for `unplug` */
	plugPlayed(device: PlayedUsbDevice): Promise<string>;
	/** @returns its name, for `unplug` */
	plug(stick: UsbStick): Promise<string>;
	unplug(name: string): Promise<void>;
}

export interface BoardClock {
	/** What the clock says when the box is next switched on. */
	startAt(time: Date): void;
}

/** Network connections of the box do not survive `load`. */
export interface Snapshots {
	save(name: string): Promise<void>;
	load(name: string): Promise<void>;
}

/** Files of an image; a board uses those it has a place for. */
export interface BoardImage {
	/** The whole disk, raw. */
	readonly disk?: string;
	/** Flash bank with the environment of the boot loader. */
	readonly environment?: string;
	/** Device tree of the boot loader, with the key it trusts. */
	readonly deviceTree?: string;
	/** A boot loader that is whole, in place of the board's own. */
	readonly firmware?: string;
}

export interface FlashOptions {
	/**
	 * What the box writes goes into a copy of the board's own (`aside`, the default: the image stays as it
	 * is), or into the image itself (`in-place`: the test keeps it).
	 */
	readonly writes?: 'aside' | 'in-place';
}
