/** A board that is a QEMU: the whole box emulated, from its boot loader on. */
import { join } from 'node:path';
import type { Emulator } from '../../../firmware/image/board.ts';
import { diskImage, type ImageFile } from './block-graph.ts';
import type { BoardEvent, BoardEventKind, BoardFeature, BoardImage, FlashOptions, Power } from './board.ts';
import { BoardError } from './board-error.ts';
import { BoardEvents } from './board-events.ts';
import type { BoardParts } from './claimed-board.ts';
import { type FrameRelay, openFrameRelay } from './frame-relay.ts';
import { createOverlay } from './overlay.ts';
import { environmentImage, type QemuMachine, qemuArguments } from './qemu-arguments.ts';
import { QemuDisk } from './qemu-disk.ts';
import { QemuLink } from './qemu-link.ts';
import { type QemuProcess, startQemu } from './qemu-process.ts';
import { emulatorOf, requireQemu, usualBoard } from './qemu-requirements.ts';
import { qemuSnapshots } from './qemu-snapshots.ts';
import { QemuUsb } from './qemu-usb.ts';
import type { QmpClient } from './qmp.ts';
import { StreamConsole } from './serial-console.ts';

/** Both banks of the machine's flash are this large. */
const flashBankBytes = 64 * 1024 * 1024;

export interface QemuBoardOptions {
	readonly needs: ReadonlySet<BoardFeature>;
	/** Its files are here while it exists; short enough for the path of a socket. */
	readonly folder: string;
	readonly machine?: QemuMachine;
	/** Of `firmware/image/boards`. Default: `usualBoard`. */
	readonly name?: string;
}

/** It is off, with an empty flash and no disk: U-Boot would start and find nothing. */
export async function openQemuBoard(options: QemuBoardOptions): Promise<BoardParts> {
	const emulator = await emulatorOf(options.name);
	await requireQemu(emulator, options.machine);
	const relay = options.needs.has('link-shape') ? await openFrameRelay() : undefined;
	const board = new QemuBoard({ ...options, emulator, relay });
	try {
		await board.flash({});
	} catch (error) {
		await board[Symbol.asyncDispose]();
		throw error;
	}
	return board;
}

class QemuBoard implements BoardParts {
	readonly name: string;
	readonly versions: Record<string, string> = {};
	readonly serial: StreamConsole;
	readonly link: QemuLink;
	readonly storage: QemuDisk;
	readonly usb = new QemuUsb();
	readonly #needs: ReadonlySet<BoardFeature>;
	readonly #folder: string;
	readonly #machine: QemuMachine;
	readonly #emulator: Emulator;
	readonly #relay: FrameRelay | undefined;
	readonly #events = new BoardEvents();
	#life: QemuProcess | undefined;
	/** Why the present life is to end; undefined while the bench wants it to go on. */
	#ending: 'off' | 'cut' | 'shutdown' | undefined;
	#environment: ImageFile | undefined;
	#deviceTree: string | undefined;
	#firmware: string | undefined;
	#clock: Date | undefined;
	#lost: BoardError | undefined;
	/** Resolves once the present life is over and all that it said was heard. */
	#isOver: Promise<void> = Promise.resolve();

	constructor({
		needs,
		folder,
		machine = {},
		name = usualBoard,
		emulator,
		relay,
	}: QemuBoardOptions & { readonly emulator: Emulator; readonly relay: FrameRelay | undefined }) {
		this.name = name;
		this.#emulator = emulator;
		this.#needs = needs;
		this.#folder = folder;
		this.#machine = machine;
		this.#relay = relay;
		this.serial = new StreamConsole({ logFile: join(folder, 'serial.log') });
		this.storage = new QemuDisk({ folder });
		this.link = new QemuLink(relay);
	}

	readonly clock = {
		startAt: (time: Date) => {
			this.#clock = time;
		},
	};

	readonly buttons = {
		press: async (name: string) => {
			if (name !== 'power') throw new BoardError('board-lacks', `no button "${name}"; there is: power`);
			await this.#running().execute('system_powerdown');
		},
	};

	readonly snapshots = qemuSnapshots({
		running: () => this.#running(),
		nodes: () => (this.storage.described === undefined ? [] : [diskImage]).concat(environmentImage),
	});

	/** A board without a boot loader of its own gets one that needs no environment. */
	get #hasFlash(): boolean {
		return this.#emulator.boot !== undefined;
	}

	get power(): Power {
		return {
			isOn: this.#life !== undefined,
			on: () => this.#start(),
			off: () => this.#end('off'),
			cut: () => this.#end('cut'),
		};
	}

	async reset(): Promise<void> {
		const qmp = this.#running();
		const isReset = qmp.next('RESET');
		await qmp.execute('system_reset');
		await isReset;
	}

	async flash(
		{ disk, environment, deviceTree, firmware }: BoardImage,
		options?: FlashOptions,
	): Promise<void> {
		await this.power.off();
		await this.storage.flash(disk, options);
		this.#environment = await createOverlay({
			path: join(this.#folder, 'environment.qcow2'),
			bytes: flashBankBytes,
			...(environment !== undefined && { base: environment }),
		});
		this.#deviceTree = deviceTree;
		this.#firmware = firmware;
	}

	events(signal?: AbortSignal): AsyncIterable<BoardEvent> {
		return this.#events.all(signal);
	}

	next(kind: BoardEventKind, signal?: AbortSignal): Promise<BoardEvent> {
		return this.#events.next(kind, signal);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#end('cut');
		this.#lose('the board was closed');
		await this.usb.close();
		await this.serial[Symbol.asyncDispose]();
		await this.#relay?.[Symbol.asyncDispose]();
	}

	/** @throws BoardError `board-off` */
	#running(): QmpClient {
		if (this.#life === undefined) throw new BoardError('board-off', `${this.name} is off`);
		return this.#life.qmp;
	}

	async #start(): Promise<void> {
		if (this.#lost !== undefined) throw this.#lost;
		if (this.#life !== undefined) return;
		if (this.#environment === undefined) throw new BoardError('bad-image', 'nothing was flashed');
		const sockets = {
			monitorSocket: join(this.#folder, 'monitor'),
			serialSocket: join(this.#folder, 'serial'),
		};
		const disk = this.storage.described;
		const args = qemuArguments({
			emulator: this.#emulator,
			...(this.#firmware !== undefined && { firmware: this.#firmware }),
			...this.#machine,
			...sockets,
			hasUsb: this.#needs.has('usb'),
			hasWatchdog: this.#needs.has('watchdog'),
			...(this.#hasFlash && { environment: this.#environment }),
			...(disk && { disk }),
			...(this.#deviceTree !== undefined && { deviceTree: this.#deviceTree }),
			...(this.#relay && { relay: this.#relay.ports }),
			...(this.#clock && { clock: this.#clock }),
		});
		const life = await startQemu({ program: this.#emulator.program, args, ...sockets });
		this.#ending = undefined;
		this.#life = life;
		this.versions['qemu'] = life.qmp.version;
		const heardAll = Promise.all([
			this.serial.attach({ input: life.serial, output: life.serial }),
			life.qmp.closed,
		]);
		this.#isOver = life.ended.then(async (words) => {
			await heardAll;
			this.#over(words);
		});
		this.#listen(life.qmp);
		try {
			await this.storage.attach(life.qmp);
			await this.usb.attach(life.qmp);
			await this.link.attach(life.qmp);
			this.#events.emit({ kind: 'on', by: 'bench' });
			await life.qmp.execute('cont');
		} catch (error) {
			await this.#end('cut');
			throw error;
		}
	}

	async #end(how: 'off' | 'cut'): Promise<void> {
		const life = this.#life;
		if (life === undefined) return;
		this.#ending ??= how;
		// Asked to quit, QEMU writes what its caches hold; killed, it does not.
		if (how === 'cut') life.kill();
		else await life.qmp.execute('quit').catch(() => undefined);
		await this.#isOver;
	}

	#over(words: string): void {
		this.#life = undefined;
		this.storage.detach();
		this.usb.detach();
		this.link.detach();
		if (this.#ending === undefined) return this.#lose(`QEMU ended by itself: ${words}`);
		const isShutdown = this.#ending === 'shutdown';
		this.#events.emit({ kind: this.#ending, by: isShutdown ? 'box' : 'bench' });
		if (isShutdown) this.serial.interrupt('the box switched itself off');
	}

	#lose(reason: string): void {
		this.#lost = new BoardError('board-gone', reason);
		this.serial.lose(reason);
		this.#events.close(this.#lost);
	}

	#listen(qmp: QmpClient): void {
		qmp.on('SHUTDOWN', ({ guest }) => {
			if (guest === true) this.#ending ??= 'shutdown';
		});
		qmp.on('RESET', ({ guest }) => {
			this.#events.emit({ kind: 'reset', by: guest === true ? 'box' : 'bench' });
		});
		qmp.on('WATCHDOG', () => this.#events.emit({ kind: 'watchdog', by: 'box' }));
		qmp.on('BLOCK_IO_ERROR', ({ operation, reason }) => {
			this.#events.emit({ kind: 'disk-error', by: 'box', detail: `${operation}: ${reason}` });
		});
	}
}
