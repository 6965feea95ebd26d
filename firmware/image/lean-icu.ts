/**
 * Node's program without the data of languages that a box does not speak.
 *
 * Node carries all of ICU's data, 33 MB of it, and most of that is how other languages than English write dates,
 * numbers and names. A box has no screen. Without them Node does what one does that was built with `small-icu`: it
 * answers in English. Nothing else of the program moves, and what is left out is zeros, which a squashfs does not keep.
 *
 * The data are one package inside the program, as in ICU's `ucmndata.h`: a header, the number of entries, a place of
 * name and data for each, names in order, data in the same order. All numbers are of 32 bits, from the end of the header on.
 */
import { ImageError } from './image-error.ts';

/** What every piece of data begins with, the package included (`DataHeader`): its size, two marks, what it is. */
const marks = [0xda, 0x27] as const;
const marksAt = 2;
const formatAt = 12;
const format = 'CmnD';
const formatVersionAt = 16;
const leastHeader = 24;
/** Little endian, ASCII, UTF-16: bytes 8 to 10. */
const kindAt = 8;
const kind = [0, 0, 2] as const;
const alignment = 16;

interface Entry {
	/** Such as `icudt78l/brkitr/root.res`. */
	readonly name: string;
	/** From the end of the header on. */
	readonly from: number;
	/** Nobody says where the last one ends. */
	readonly to: number | undefined;
}

/** @returns the program with the same length @throws ImageError `unknown-node` where its data are not as they should be */
export function leanIcu(program: Uint8Array): Buffer {
	const lean = Buffer.from(program);
	const data = lean.subarray(packageIn(lean));
	const entries = entriesOf(data);
	write(data.subarray(headerBytes(data)), entries);
	return lean;
}

/** Where the one package of a program is. */
function packageIn(program: Buffer): number {
	const found: number[] = [];
	for (let at = program.indexOf(format); at >= 0; at = program.indexOf(format, at + 1)) {
		const start = at - formatAt;
		if (start >= 0 && isMarked(program, start)) found.push(start);
	}
	const [start, ...others] = found;
	if (start === undefined || others.length > 0) throw unknown(`${found.length} packages of ICU's data`);
	return start;
}

/** @param data from the header on @throws ImageError `unknown-node` */
function entriesOf(data: Buffer): Entry[] {
	const header = headerBytes(data);
	const isAsKnown = kind.every((byte, index) => data[kindAt + index] === byte) && data[formatVersionAt] === 1;
	if (!isAsKnown || header < leastHeader || header % alignment !== 0)
		throw unknown('a package of another form');
	const body = data.subarray(header);
	const number = (at: number): number => {
		if (at + 4 > body.length) throw unknown('a table that is cut off');
		return body.readUInt32LE(at);
	};
	const count = number(0);
	if (count === 0) throw unknown('no entries');
	const entries: Entry[] = [];
	let nameAt = 4 + 8 * count;
	number(nameAt - 4);
	for (let index = 0; index < count; index++) {
		const at = 4 + 8 * index;
		const end = body.indexOf(0, nameAt);
		if (number(at) !== nameAt || end < 0) throw unknown(`entry ${index} without its name`);
		const name = body.toString('latin1', nameAt, end);
		nameAt = end + 1;
		const to = index + 1 < count ? number(at + 12) : undefined;
		entries.push({ name, from: number(at + 4), to });
	}
	if (entries[0]?.from !== aligned(nameAt)) throw unknown('data that do not follow their names');
	checkEntries(body, entries);
	return entries;
}

function checkEntries(body: Buffer, entries: readonly Entry[]): void {
	const [folder] = /^icudt\d+l\//.exec(entries[0]?.name ?? '') ?? [];
	let before = '';
	for (const { name, from, to = body.length } of entries) {
		const isNamed = folder !== undefined && name.startsWith(folder) && /^[\w./-]+$/.test(name);
		// ICU looks names up by halves.
		if (!isNamed || name <= before) throw unknown(`an entry "${name}" behind "${before}"`);
		if (from % alignment !== 0 || to <= from || !isMarked(body, from))
			throw unknown(`no data where "${name}" should be`);
		before = name;
	}
}

/** All that is kept at the front, without gaps: ICU takes a piece to be as long as it is to the next. Zeros where the rest was. */
function write(body: Buffer, entries: readonly Entry[]): void {
	const last = entries.at(-1);
	const kept = entries
		.filter(({ name }) => isKept(name))
		.map(({ name, from, to }) => ({ name, from, bytes: Buffer.from(body.subarray(from, to ?? from)) }));
	body.fill(0, 0, last?.from);
	body.writeUInt32LE(kept.length, 0);
	let nameAt = 4 + 8 * kept.length;
	let dataAt = aligned(kept.reduce((sum, { name }) => sum + name.length + 1, nameAt));
	for (const [index, { name, from, bytes }] of kept.entries()) {
		// The last one stays where it is, as far as it may go.
		const at = from === last?.from ? from : dataAt;
		body.writeUInt32LE(nameAt, 4 + 8 * index);
		body.writeUInt32LE(at, 8 + 8 * index);
		body.write(name, nameAt, 'latin1');
		bytes.copy(body, at);
		nameAt += name.length + 1;
		dataAt += bytes.length;
	}
}

/** Language, script, region and variants, of which any but the first may be missing: `de__PHONEBOOK`. */
const ofLanguage = /^([a-z]{2,3})(_[A-Z][a-z]{3})?(_([A-Z]{2}|\d{3})?)?(_[A-Z\d]+)*\.res$/;

/** Whether it is English, or of no language: `root`, time zones, characters, encodings. */
function isKept(name: string): boolean {
	const file = name.slice(name.lastIndexOf('/') + 1);
	// Words of languages that are written without spaces.
	if (file.endsWith('.dict')) return false;
	const [, language = 'en'] = ofLanguage.exec(file) ?? [];
	return language === 'en';
}

function headerBytes(data: Buffer): number {
	return data.length < leastHeader ? 0 : data.readUInt16LE(0);
}

function isMarked(bytes: Buffer, start: number): boolean {
	return marks.every((mark, index) => bytes[start + marksAt + index] === mark);
}

function aligned(bytes: number): number {
	return Math.ceil(bytes / alignment) * alignment;
}

function unknown(what: string): ImageError {
	return new ImageError('unknown-node', `the program of Node holds ${what}`);
}
