/** What a lab says of the boards it has: read from JSON, every field checked. */
import { readFile } from 'node:fs/promises';
import {
	list,
	made,
	map,
	object,
	optional,
	orElse,
	type Read,
	read,
	rule,
	text,
	whole,
} from '../../../runtime/field-rules.ts';
import type { BoardFeature } from './board.ts';
import { BoardError } from './board-error.ts';

/** A program and its arguments; no shell takes them apart. */
export type Command = readonly [program: string, ...args: string[]];

const command = rule(
	'a program and its arguments, a list of strings',
	(value): value is Command =>
		Array.isArray(value) &&
		value.length > 0 &&
		value[0] !== '' &&
		value.every((part) => typeof part === 'string'),
);

const pattern = made(
	'a regular expression',
	text('a regular expression', /./s),
	(source) => new RegExp(source),
);

const board = object('a board', {
	name: text('a name', /./s),
	serial: object('its serial line', {
		// A comma or a colon would begin an option of the program that opens it.
		device: text('an absolute path', /^\/[^,:!"'\s]+$/),
		baud: orElse(whole('a rate in bauds', { least: 50 }), 115_200),
	}),
	power: optional(object('how it is switched', { on: command, off: command })),
	reset: optional(command),
	/** `{disk}`, `{environment}` and `{deviceTree}` in an argument stand for the files of the image. */
	flash: optional(command),
	link: optional(object('how its network is switched', { down: command, up: command })),
	buttons: optional(map('commands by button', command)),
	/** Lines of the console by which the bench knows what it cannot see. */
	says: optional(
		object('patterns of lines of its console', {
			/** The first line of a boot loader. */
			started: optional(pattern),
			/** That the watchdog was the cause of the start. */
			watchdog: optional(pattern),
		}),
	),
});

const lab = object('an object', { boards: list('a list of at least one board', board, { least: 1 }) });

export type LabBoardPlan = Read<typeof board>;

/** @throws BoardError `bad-lab-file` naming the field */
export async function readLabFile(path: string): Promise<readonly LabBoardPlan[]> {
	const text = await readFile(path, 'utf8').catch((cause) => {
		throw new BoardError('bad-lab-file', `${path} cannot be read`, { cause });
	});
	return parseLab(text);
}

/** @throws BoardError `bad-lab-file` naming the field */
export function parseLab(text: string): readonly LabBoardPlan[] {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw new BoardError('bad-lab-file', 'not JSON', { cause });
	}
	const { boards } = read(lab, json, { refuse: (why) => new BoardError('bad-lab-file', why) });
	const names = new Set(boards.map(({ name }) => name));
	if (names.size < boards.length) throw new BoardError('bad-lab-file', 'boards must have different names');
	return boards;
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
