/** A board in a lab: a serial port, and commands of the lab's own for everything else. */
import { join, resolve } from 'node:path';
import { codeOf } from '../../../runtime/error.ts';
import { run } from '../link/command.ts';
import type { BoardEvent, BoardEventKind, BoardImage, BoardLink, Buttons, Power } from './board.ts';
import { BoardError } from './board-error.ts';
import { BoardEvents } from './board-events.ts';
import type { BoardOffer } from './claim.ts';
import type { BoardParts } from './claimed-board.ts';
import { type Command, featuresOf, type LabBoardPlan } from './lab-file.ts';
import { openSerialPort } from './lab-serial.ts';
import { StreamConsole } from './serial-console.ts';
import { SerialExpect } from './serial-expect.ts';

export function labOffer(plan: LabBoardPlan): BoardOffer {
	return {
		name: plan.name,
		features: featuresOf(plan),
		open: ({ folder }) => openLabBoard({ plan, folder }),
	};
}

interface LabBoardOptions {
	readonly plan: LabBoardPlan;
	/** For the log of its console. */
	readonly folder: string;
}

/** It is off, if the lab can switch it. @throws BoardError `board-busy`, `did-not-start`, `command-failed` */
async function openLabBoard({ plan, folder }: LabBoardOptions): Promise<BoardParts> {
	const port = await openSerialPort(plan.serial);
	const board = new LabBoard(plan, join(folder, 'serial.log'));
	const unplugged = board.serial.attach(port);
	void unplugged.then(() => board.lose('its serial port is gone'));
	try {
		if (plan.power !== undefined) await perform(plan.power.off);
	} catch (error) {
		await board[Symbol.asyncDispose]();
		throw error;
	}
	return board;
}

class LabBoard implements BoardParts {
	readonly name: string;
	readonly versions = {};
	readonly serial: StreamConsole;
	readonly power?: Power;
	readonly link?: BoardLink;
	readonly buttons?: Buttons;
	readonly reset?: () => Promise<void>;
	readonly flash?: (image: BoardImage) => Promise<void>;
	readonly #plan: LabBoardPlan;
	readonly #events = new BoardEvents();
	readonly #watchers: SerialExpect[] = [];
	#isOn = false;
	/** Starts that the bench has caused and the console has not told of yet. */
	#awaitedStarts = 0;

	constructor(plan: LabBoardPlan, logFile: string) {
		this.#plan = plan;
		this.name = plan.name;
		this.serial = new StreamConsole({
			logFile,
			onText: (text) => {
				for (const watcher of this.#watchers) watcher.feed(text);
			},
		});
		this.#watch(plan.says?.watchdog, () => this.#events.emit({ kind: 'watchdog', by: 'box' }));
		this.#watch(plan.says?.started, () => this.#noteStart());
		const { power, reset, flash, link, buttons } = plan;
		if (power !== undefined) this.power = this.#powerBy(power);
		if (reset !== undefined) this.reset = () => this.#resetBy(reset);
		if (flash !== undefined) this.flash = (image) => this.#flashBy(flash, image);
		if (link !== undefined) this.link = linkBy(link);
		if (buttons !== undefined) this.buttons = buttonsBy(buttons);
	}

	events(signal?: AbortSignal): AsyncIterable<BoardEvent> {
		return this.#events.all(signal);
	}

	next(kind: BoardEventKind, signal?: AbortSignal): Promise<BoardEvent> {
		return this.#events.next(kind, signal);
	}

	lose(reason: string): void {
		this.serial.lose(reason);
		this.#events.close(new BoardError('board-gone', reason));
		for (const watcher of this.#watchers) watcher.close(undefined);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.lose('the board was closed');
		try {
			if (this.#isOn && this.#plan.power !== undefined) await perform(this.#plan.power.off);
		} finally {
			await this.serial[Symbol.asyncDispose]();
		}
	}

	#powerBy({ on, off }: NonNullable<LabBoardPlan['power']>): Power {
		const isOn = () => this.#isOn;
		const turnOff = async (kind: 'off' | 'cut') => {
			if (!this.#isOn) return;
			await perform(off);
			this.#isOn = false;
			this.#events.emit({ kind, by: 'bench' });
		};
		return {
			get isOn() {
				return isOn();
			},
			on: async () => {
				if (this.#isOn) return;
				this.#awaitedStarts++;
				await perform(on);
				this.#isOn = true;
				this.#events.emit({ kind: 'on', by: 'bench' });
			},
			// A relay knows one way to switch off.
			off: () => turnOff('off'),
			cut: () => turnOff('cut'),
		};
	}

	async #resetBy(command: Command): Promise<void> {
		if (this.power?.isOn === false) throw new BoardError('board-off', `${this.name} is off`);
		this.#awaitedStarts++;
		await perform(command);
		this.#events.emit({ kind: 'reset', by: 'bench' });
	}

	async #flashBy(command: Command, image: BoardImage): Promise<void> {
		await this.power?.off();
		await perform(fill(command, image));
	}

	/** A start that nobody here caused is a reset that the box made itself. */
	#noteStart(): void {
		if (this.#awaitedStarts > 0) this.#awaitedStarts--;
		else this.#events.emit({ kind: 'reset', by: 'box' });
	}

	#watch(pattern: RegExp | undefined, found: () => void): void {
		if (pattern === undefined) return;
		const watcher = new SerialExpect();
		this.#watchers.push(watcher);
		const watch = async () => {
			for (;;) {
				await watcher.expect(pattern);
				found();
			}
		};
		// It ends when the watcher is closed.
		watch().catch(() => undefined);
	}
}

function linkBy({ down, up }: NonNullable<LabBoardPlan['link']>): BoardLink {
	const unshaped = () => new BoardError('board-lacks', 'a lab does not shape its network');
	return {
		down: () => perform(down),
		up: () => perform(up),
		shape() {
			throw unshaped();
		},
		get frames(): never {
			throw unshaped();
		},
	};
}

function buttonsBy(commands: Readonly<Record<string, Command>>): Buttons {
	return {
		async press(name) {
			const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
			if (command === undefined)
				throw new BoardError(
					'board-lacks',
					`no button "${name}"; there are: ${Object.keys(commands).join(', ')}`,
				);
			await perform(command);
		},
	};
}

/** @throws BoardError `bad-image` when the command wants a file that the image has not */
function fill(command: Command, image: BoardImage): Command {
	const [program, ...args] = command.map((part) =>
		part.replace(/\{(disk|environment|deviceTree)\}/g, (_, name: keyof BoardImage) => {
			const file = image[name];
			if (file === undefined)
				throw new BoardError('bad-image', `the lab flashes a ${name}, and the image has none`);
			return resolve(file);
		}),
	);
	return [program as string, ...args];
}

/** @throws BoardError `command-failed`, `missing-tool` */
async function perform([program, ...args]: Command): Promise<void> {
	try {
		await run(program, args);
	} catch (error) {
		const code = codeOf(error) === 'missing-tool' ? 'missing-tool' : 'command-failed';
		throw new BoardError(code, (error as Error).message, { cause: error });
	}
}
