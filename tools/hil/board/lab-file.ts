/** What a lab says of the boards it has: read from JSON, every field checked. */
import { readFile } from 'node:fs/promises';
import type { BoardFeature } from './board.ts';
import { BoardError } from './board-error.ts';

/** A program and its arguments; no shell takes them apart. */
export type Command = readonly [program: string, ...args: string[]];

export interface LabBoardPlan {
	readonly name: string;
	readonly serial: { readonly device: string; readonly baud: number };
	readonly power?: { readonly on: Command; readonly off: Command };
	readonly reset?: Command;
	/** `{disk}`, `{environment}` and `{deviceTree}` in an argument stand for the files of the image. */
	readonly flash?: Command;
	readonly link?: { readonly down: Command; readonly up: Command };
	readonly buttons?: Readonly<Record<string, Command>>;
	/** Lines of the console by which the bench knows what it cannot see. */
	readonly says?: {
		/** The first line of a boot loader. */
		readonly started?: RegExp;
		/** That the watchdog was the cause of the start. */
		readonly watchdog?: RegExp;
	};
}

/** @throws BoardError `bad-lab-file` naming the field */
export async function readLabFile(path: string): Promise<LabBoardPlan[]> {
	const text = await readFile(path, 'utf8').catch((cause) => {
		throw new BoardError('bad-lab-file', `${path} cannot be read`, { cause });
	});
	return parseLab(text);
}

/** @throws BoardError `bad-lab-file` naming the field */
export function parseLab(text: string): LabBoardPlan[] {
	let lab: unknown;
	try {
		lab = JSON.parse(text);
	} catch (cause) {
		throw new BoardError('bad-lab-file', 'not JSON', { cause });
	}
	const { boards } = fields(lab, 'the file', ['boards']);
	if (!Array.isArray(boards) || boards.length === 0) throw wrong('boards', 'a list of at least one board');
	const plans = boards.map((board, index) => parseBoard(board, `boards[${index}]`));
	const names = new Set(plans.map(({ name }) => name));
	if (names.size < plans.length) throw wrong('boards', 'boards with different names');
	return plans;
}

export function featuresOf({ power, reset, flash, link, buttons, says }: LabBoardPlan): Set<BoardFeature> {
	const has: Partial<Record<BoardFeature, unknown>> = {
		power,
		reset,
		flash,
		link,
		buttons,
		watchdog: says?.watchdog,
	};
	return new Set((Object.keys(has) as BoardFeature[]).filter((feature) => has[feature] !== undefined));
}

const boardFields = ['name', 'serial', 'power', 'reset', 'flash', 'link', 'buttons', 'says'];

function parseBoard(value: unknown, at: string): LabBoardPlan {
	const { name, serial, power, reset, flash, link, buttons, says } = fields(value, at, boardFields);
	if (typeof name !== 'string' || name === '') throw wrong(`${at}.name`, 'a name');
	return {
		name,
		serial: parseSerial(serial, `${at}.serial`),
		...(power !== undefined && { power: parsePair(power, `${at}.power`, ['on', 'off']) }),
		...(reset !== undefined && { reset: parseCommand(reset, `${at}.reset`) }),
		...(flash !== undefined && { flash: parseCommand(flash, `${at}.flash`) }),
		...(link !== undefined && { link: parsePair(link, `${at}.link`, ['down', 'up']) }),
		...(buttons !== undefined && { buttons: parseButtons(buttons, `${at}.buttons`) }),
		...(says !== undefined && { says: parseSays(says, `${at}.says`) }),
	};
}

function parseSerial(value: unknown, at: string): LabBoardPlan['serial'] {
	const { device, baud = 115_200 } = fields(value, at, ['device', 'baud']);
	// A comma or a colon would begin an option of the program that opens it.
	if (typeof device !== 'string' || !/^\/[^,:!"'\s]+$/.test(device))
		throw wrong(`${at}.device`, 'an absolute path');
	if (typeof baud !== 'number' || !Number.isInteger(baud) || baud < 50)
		throw wrong(`${at}.baud`, 'a rate in bauds');
	return { device, baud };
}

function parsePair<Name extends string>(
	value: unknown,
	at: string,
	names: readonly Name[],
): Record<Name, Command> {
	const given = fields(value, at, names);
	const pairs = names.map((name) => [name, parseCommand(given[name], `${at}.${name}`)]);
	return Object.fromEntries(pairs) as Record<Name, Command>;
}

function parseButtons(value: unknown, at: string): Record<string, Command> {
	const pairs = Object.entries(fields(value, at));
	return Object.fromEntries(pairs.map(([name, command]) => [name, parseCommand(command, `${at}.${name}`)]));
}

function parseSays(value: unknown, at: string): NonNullable<LabBoardPlan['says']> {
	const { started, watchdog } = fields(value, at, ['started', 'watchdog']);
	return {
		...(started !== undefined && { started: parsePattern(started, `${at}.started`) }),
		...(watchdog !== undefined && { watchdog: parsePattern(watchdog, `${at}.watchdog`) }),
	};
}

function parsePattern(value: unknown, at: string): RegExp {
	try {
		if (typeof value === 'string' && value !== '') return new RegExp(value);
	} catch {
		// Told with the others.
	}
	throw wrong(at, 'a regular expression');
}

function parseCommand(value: unknown, at: string): Command {
	const isCommand =
		Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string');
	if (!isCommand || value[0] === '') throw wrong(at, 'a program and its arguments, a list of strings');
	return value as unknown as Command;
}

/** @param known default: any name */
function fields(value: unknown, at: string, known?: readonly string[]): Record<string, unknown> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, 'an object');
	for (const name of Object.keys(value))
		if (known !== undefined && !known.includes(name))
			throw wrong(`${at}.${name}`, `one of ${known.join(', ')}`);
	return value as Record<string, unknown>;
}

function wrong(at: string, expected: string): BoardError {
	return new BoardError('bad-lab-file', `${at} must be ${expected}`);
}
