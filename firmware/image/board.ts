/** What an image has to know of the hardware it is for: a file each in `boards/`. */
import { readdir, readFile } from 'node:fs/promises';
import { read } from '../../runtime/field-rules.ts';
import { orRather } from '../../runtime/near-name.ts';
import { boardName } from '../slots/update-manifest.ts';
import { type Board, boardFields } from './board-fields.ts';
import { ruleBroken } from './board-rules.ts';
import { ImageError } from './image-error.ts';

export { type Architecture, architectures } from './architectures.ts';
export type { Board, Emulator } from './board-fields.ts';
export type { LoaderForm } from './loader-form.ts';

const folder = new URL('boards/', import.meta.url);

export async function boardNames(): Promise<string[]> {
	const files = await readdir(folder);
	return files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : [])).sort();
}

/** @throws ImageError `unknown-board`, `bad-board` */
export async function loadBoard(name: string): Promise<Board> {
	const names = await boardNames();
	if (!names.includes(name))
		throw new ImageError(
			'unknown-board',
			`there is no board "${name}", but ${names.join(', ')}${orRather(name, names)}`,
		);
	return parseBoard(name, await readFile(new URL(`${name}.json`, folder), 'utf8'));
}

/**
 * Fields that are not known are an error, as are those that say what cannot be: what a description gets wrong
 * would be noticed on the board only, if at all.
 *
 * @throws ImageError `bad-board` naming the field
 */
export function parseBoard(name: string, text: string): Board {
	// Else it would be noticed when the first release of it is to be signed.
	if (!boardName.test(name))
		throw badBoard(name, 'its name is of small letters, digits, - and _, and begins with a letter or digit');
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw badBoard(name, (error as Error).message);
	}
	const board = { ...read(boardFields, json, { refuse: (why) => badBoard(name, why) }), name };
	const broken = ruleBroken(board);
	if (broken !== undefined) throw badBoard(name, broken);
	return board;
}

/** @param why begins with the field */
export function badBoard(name: string, why: string, options?: ErrorOptions): ImageError {
	return new ImageError('bad-board', `boards/${name}.json: ${why}`, options);
}
