import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { ImageError } from './image-error.ts';
import { leanIcu } from './lean-icu.ts';

/** What depends on no language, or on English. */
const neutral = `
const day = Date.UTC(2026, 6, 1, 12, 34, 56);
const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata', 'Australia/Lord_Howe'];
const bytes = new Uint8Array([0x93, 0xfa, 0x96, 0x7b, 0x81, 0x30, 0x89, 0x38, 0xc4, 0xe3, 0x80]);
const encodings = ['shift_jis', 'euc-jp', 'iso-2022-jp', 'gb18030', 'gbk', 'big5', 'euc-kr', 'windows-1252', 'windows-1251',
	'iso-8859-2', 'koi8-r', 'macintosh', 'utf-16be'];
const words = ['zebra', 'Äpfel', 'apple', 'Zebra', 'éclair', 'eclair', 'ß', 'ss', '10', '9', '日本', 'ñ', 'n'];
const text = 'Ａ\\u0041\\u030a ﬁ ½ 각 ǆ';
return {
	dates: zones.flatMap((timeZone) => ['en', 'en-GB', 'en-150', undefined].map((locale) =>
		new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'full', timeStyle: 'full' }).format(day))),
	zones: Intl.supportedValuesOf('timeZone'),
	calendars: Intl.supportedValuesOf('calendar').map((calendar) =>
		new Intl.DateTimeFormat('en', { calendar, dateStyle: 'long', timeZone: 'UTC' }).format(day)),
	local: [new Date(day).toLocaleString('en'), (1234567.891).toLocaleString('en'), String(new Date(day))],
	money: Intl.supportedValuesOf('currency').map((currency) =>
		new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'name' }).format(1234.5)),
	units: Intl.supportedValuesOf('unit').map((unit) =>
		new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(2)),
	digits: Intl.supportedValuesOf('numberingSystem').map((numberingSystem) =>
		new Intl.NumberFormat('en', { numberingSystem }).format(1234567890)),
	names: ['language', 'region', 'script', 'currency', 'calendar'].map((type, index) =>
		new Intl.DisplayNames('en', { type }).of(['de', 'JP', 'Cyrl', 'EUR', 'islamic'][index])),
	sorted: [words.toSorted((a, b) => a.localeCompare(b)), words.toSorted(new Intl.Collator('en', { numeric: true }).compare)],
	normalized: ['NFC', 'NFD', 'NFKC', 'NFKD'].map((form) => text.normalize(form)),
	cases: ['straße ŉ ΑΣ ı'.toUpperCase(), 'ΑΣ İ'.toLowerCase(), 'i'.toLocaleUpperCase('tr')],
	properties: [/^\\p{Emoji_Keycap_Sequence}$/v.test('4\\ufe0f\\u20e3'), 'aβД9日'.match(/[\\p{L}--\\p{Script=Latin}]/gv), /\\u212a/iu.test('k')],
	decoded: encodings.map((encoding) => new TextDecoder(encoding).decode(bytes)),
	segments: ['grapheme', 'word', 'sentence'].map((granularity) =>
		[...new Intl.Segmenter('en', { granularity }).segment('Hi 👩‍👩‍👧 e\\u0301. Bye, box!')].map(({ segment }) => segment)),
	plurals: [1, 2, 3, 11, 21].map((count) => new Intl.PluralRules('en', { type: 'ordinal' }).select(count)),
	spoken: [new Intl.RelativeTimeFormat('en').format(-3, 'day'), new Intl.ListFormat('en').format(['a', 'b', 'c']),
		new Intl.DurationFormat('en', { style: 'long' }).format({ hours: 1, minutes: 2 })],
	hosts: ['http://bücher.example', 'http://faß.de', 'http://日本語.jp', 'http://xn--bcher-kva.example'].map((url) => new URL(url).host),
	locales: ['de', 'zh-TW', 'sr'].map((tag) => new Intl.Locale(tag).maximize().toString()),
};`;

/** The same things in other languages. */
const foreign = `
const said = (tag) => [
	new Intl.DateTimeFormat(tag, { dateStyle: 'full', timeStyle: 'long', timeZone: 'Europe/Berlin' }).format(0),
	new Intl.NumberFormat(tag, { style: 'currency', currency: 'EUR' }).format(1234.5),
	new Intl.DisplayNames(tag, { type: 'region' }).of('DE'),
	new Intl.RelativeTimeFormat(tag).format(-1, 'day'),
	new Intl.ListFormat(tag).format(['a', 'b']),
	['z', 'ä', 'a'].toSorted(new Intl.Collator(tag).compare),
	new Intl.DateTimeFormat(tag).resolvedOptions().locale,
];
const tags = ['de', 'de-AT', 'zh', 'ar-EG', 'sr-Latn', 'no', 'iw', 'th-u-nu-thai', 'de-u-co-phonebk', 'en-US'];
return {
	said: tags.map(said),
	known: Intl.DateTimeFormat.supportedLocalesOf(tags),
	words: [...new Intl.Segmenter('th', { granularity: 'word' }).segment('สวัสดีครับ 日本語 ok')].map(({ segment }) => segment).join(''),
};`;

async function answer(node: string, script: string): Promise<Record<string, unknown>> {
	const program = `console.log(JSON.stringify((() => {${script}})()))`;
	const { stdout } = await promisify(execFile)(node, ['-e', program], { env: {}, maxBuffer: 1_048_576 });
	return JSON.parse(stdout);
}

async function leanNode(t: ExecutionContext): Promise<{ file: string; whole: Buffer; lean: Buffer }> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-lean-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const file = join(folder, 'node');
	const whole = await readFile(process.execPath);
	const lean = leanIcu(whole);
	await writeFile(file, lean, { mode: 0o755 });
	return { file, whole, lean };
}

test('a lean Node does in English, and where no language counts, what the whole one does', async (t) => {
	const { file, whole, lean } = await leanNode(t);
	t.is(lean.length, whole.length);
	t.deepEqual(await answer(file, neutral), await answer(process.execPath, neutral));
	const inEnglish = (await answer(file, foreign))['said'] as unknown[];
	t.is(inEnglish.length, 10);
	for (const said of inEnglish) t.deepEqual(said, inEnglish.at(-1));
	t.like(await answer(file, foreign), { known: ['en-US'], words: 'สวัสดีครับ 日本語 ok' });
	const withLanguages = await answer(process.execPath, foreign);
	t.notDeepEqual((withLanguages['said'] as unknown[])[0], inEnglish[0]);
	t.is((withLanguages['known'] as unknown[]).length, inEnglish.length);
});

interface Item {
	readonly name: string;
	readonly bytes: Buffer;
}
const headerBytes = 32;
/** With what each of them begins, and the package. */
const marks = '\xda\x27';
const before = Buffer.from('.text CmnD .rodata and so on....');
const after = Buffer.from('.data');

function item(name: string, content: Uint8Array): Item {
	const bytes = Buffer.alloc(Math.ceil((24 + content.length) / 16) * 16, 0xee);
	bytes.set([24, 0, 0xda, 0x27]);
	bytes.set(content, 24);
	return { name, bytes };
}

/** A program with a package as ICU's own tools write it. */
function programWith(items: readonly Item[]): Buffer {
	const header = Buffer.alloc(headerBytes);
	header.set([headerBytes, 0, 0xda, 0x27, 20, 0, 0, 0, 0, 0, 2]);
	header.write('CmnD', 12);
	header.set([1, 0, 0, 0, 3], 16);
	const names = items.map(({ name }) => Buffer.from(`icudt99l/${name}\0`));
	const table = Buffer.alloc(4 + 8 * items.length);
	table.writeUInt32LE(items.length);
	let nameAt = table.length;
	let dataAt = Math.ceil((nameAt + Buffer.concat(names).length) / 16) * 16;
	const padding = Buffer.alloc(dataAt - nameAt - Buffer.concat(names).length);
	for (const [index, { bytes }] of items.entries()) {
		table.writeUInt32LE(nameAt, 4 + 8 * index);
		table.writeUInt32LE(dataAt, 8 + 8 * index);
		nameAt += names[index]?.length ?? 0;
		dataAt += bytes.length;
	}
	return Buffer.concat([before, header, table, ...names, padding, ...items.map(({ bytes }) => bytes), after]);
}

/** As ICU looks a name up (`offsetTOCLookupFn`). @returns from where it begins to the end of the program */
function lookUp(program: Buffer, name: string): Buffer | undefined {
	const body = program.subarray(before.length + headerBytes);
	let [low, high] = [0, body.readUInt32LE(0)];
	while (low < high) {
		const middle = (low + high) >> 1;
		const nameAt = body.readUInt32LE(4 + 8 * middle);
		const found = body.toString('latin1', nameAt, body.indexOf(0, nameAt));
		if (found === `icudt99l/${name}`) return body.subarray(body.readUInt32LE(8 + 8 * middle));
		if (found < `icudt99l/${name}`) low = middle + 1;
		else high = middle;
	}
	return undefined;
}

const kept = ['root.res', 'en.res', 'en_001.res', 'en_US_POSIX.res', 'coll/ucadata.icu', 'curr/pool.res'];
kept.push(
	'brkitr/res_index.res',
	'zoneinfo64.res',
	'ibm-1250_P100-1995.cnv',
	'nfkc.nrm',
	'zone/tzdbNames.res',
);
const dropped = ['de.res', 'zh_Hans_CN.res', 'coll/de__PHONEBOOK.res', 'coll/de_.res', 'ca_ES_VALENCIA.res'];
dropped.push('es_419.res', 'brkitr/cjdict.dict', 'zone/fil.res', 'lang/enm.res', 'curr/zu_ZA.res', 'zu.res');

/** In the order of their names, as ICU has them. */
const items = fc
	.uniqueArray(fc.constantFrom(...kept, ...dropped), { minLength: 2 })
	.filter((names) => names.some((name) => kept.includes(name)))
	.chain((names) =>
		fc.tuple(
			...names.toSorted().map((name) =>
				// No byte of the marks, which only what begins here has.
				fc.uint8Array({ min: 1, max: 0xd0, maxLength: 70 }).map((content) => item(name, content)),
			),
		),
	);

test('what is kept is found as it was, and nothing is left of the rest', (t) => {
	fc.assert(
		fc.property(items, (all) => {
			const program = programWith(all);
			const lean = leanIcu(program);
			t.is(lean.length, program.length);
			t.deepEqual(
				lean.subarray(0, before.length + headerBytes),
				program.subarray(0, before.length + headerBytes),
			);
			t.deepEqual(lean.subarray(-after.length), after);
			for (const { name, bytes } of all) {
				const found = lookUp(lean, name);
				t.deepEqual(found?.subarray(0, bytes.length), kept.includes(name) ? bytes : undefined);
			}
			// Where the last one ends is not known: its bytes stay.
			const stayed = all.filter(({ name }, index) => kept.includes(name) || index === all.length - 1);
			t.is(lean.toString('latin1').split(marks).length - 1, 1 + stayed.length);
		}),
		{ numRuns: 200 },
	);
});

test('a table with a flipped bit is refused, and one in a name changes no other entry', (t) => {
	const flips = items.chain((all) => {
		const names = all.reduce((bytes, { name }) => bytes + name.length + 10, 0);
		const bits = 8 * (headerBytes + 4 + 8 * all.length + names);
		return fc.record({ all: fc.constant(all), bit: fc.nat(bits - 1) });
	});
	/** Of the header: a reserved field, the versions of the data, and what fills it up. */
	const isFree = (at: number): boolean => (at >= 4 && at < 8) || at === 11 || (at >= 17 && at < headerBytes);
	fc.assert(
		fc.property(flips, ({ all, bit }) => {
			const program = programWith(all);
			const whole = leanIcu(program);
			const at = bit >> 3;
			program[before.length + at] = (program[before.length + at] ?? 0) ^ (1 << (bit & 7));
			const [lean, error] = attempt(() => leanIcu(program));
			const isName = at >= headerBytes + 4 + 8 * all.length;
			if (error !== undefined) {
				t.true(error instanceof ImageError);
				t.is((error as ImageError).code, 'unknown-node');
				t.false(isFree(at));
				return;
			}
			t.true(isName || isFree(at), `byte ${at}`);
			if (isFree(at))
				t.deepEqual(lean?.subarray(before.length + headerBytes), whole.subarray(before.length + headerBytes));
			const others = all.filter(({ name }) => lookUp(program, name) !== undefined);
			t.true(others.length >= all.length - 1);
			for (const { name, bytes } of others)
				if (kept.includes(name)) t.deepEqual(lookUp(lean as Buffer, name)?.subarray(0, bytes.length), bytes);
		}),
		{ numRuns: 1000 },
	);
});

function attempt<Result>(work: () => Result): [Result, undefined] | [undefined, unknown] {
	try {
		return [work(), undefined];
	} catch (error) {
		return [undefined, error];
	}
}

test('a program with no such package, two of them, or a part of one is refused', (t) => {
	const program = programWith([item('en.res', new Uint8Array(8)), item('root.res', new Uint8Array(8))]);
	const refused = { instanceOf: ImageError, code: 'unknown-node' };
	t.throws(() => leanIcu(before), refused);
	t.throws(() => leanIcu(Buffer.concat([program, program])), refused);
	const whole = program.length - after.length - 32;
	for (let length = 0; length < whole; length++)
		t.throws(() => leanIcu(program.subarray(0, length)), refused);
});
