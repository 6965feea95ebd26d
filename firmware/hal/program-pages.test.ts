import { readFileSync } from 'node:fs';
import test from 'ava';
import { mappingsOf, releaseProgramPages } from './program-pages.ts';

const node = '/usr/bin/node';

function mapping(head: string, anonymousKb = 0): string {
	return `${head}\nRss:                 100 kB\nAnonymous:          ${String(anonymousKb).padStart(4)} kB\nVmFlags: rd mr mw me \n`;
}

function residentMegabytes(): number {
	const text = readFileSync('/proc/self/smaps_rollup', 'utf8');
	const [, all] = /^Rss:\s+(\d+) kB$/m.exec(text) ?? [];
	const [, own] = /^Anonymous:\s+(\d+) kB$/m.exec(text) ?? [];
	return (Number(all) - Number(own)) / 1000;
}

test('pages of the program that are only read are resident no more, and the program goes on', (t) => {
	const before = residentMegabytes();
	releaseProgramPages();
	const after = residentMegabytes();
	t.true(after < before / 2, `${before} MB of files before, ${after} MB after`);
	t.is(process.getBuiltinModule('node:crypto').hash('md5', ''), 'd41d8cd98f00b204e9800998ecf8427e');
});

test('only mappings of the program are released that follow its first one and were never written', (t) => {
	const smaps = [
		mapping(`00100000-00200000 r-xp 00010000 fe:00 7 ${node}`),
		mapping(`00400000-00800000 r--p 00000000 fe:00 7                                   ${node}`),
		mapping(`00800000-00c00000 r-xp 00400000 fe:00 7                                   ${node}`),
		mapping(`00c00000-00d00000 r--p 00800000 fe:00 7                                   ${node}`, 24),
		mapping(`00d00000-00e00000 rw-p 00900000 fe:00 7                                   ${node}`),
		mapping('01000000-02000000 rw-p 00000000 00:00 0                                   [heap]'),
		mapping(`7f0000000000-7f0000200000 r-xp 00500000 fe:00 7                           ${node}`),
		mapping('7f0000300000-7f0000400000 r-xp 00000000 fe:00 8                           /lib/libc.so.6'),
		mapping('7f0000500000-7f0000600000 rwxp 00000000 00:00 0 '),
	].join('');

	t.deepEqual(mappingsOf(smaps.split('\n'), node), [
		{ from: 0x400000n, bytes: 0x400000n },
		{ from: 0x800000n, bytes: 0x400000n },
	]);
});

test('of a program that has no mapping under its name nothing is released', (t) => {
	const deleted = mapping(`00400000-00800000 r--p 00000000 fe:00 7 ${node} (deleted)`);
	t.deepEqual(mappingsOf(deleted.split('\n'), node), []);
});
