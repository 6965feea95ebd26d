// A disk that is really full in the midst of a recording: it ends with a code, and what is whole is kept and playable.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { crc32 } from 'node:zlib';
import test from 'ava';
import { systemClock } from '../../../../firmware/hal/clock.ts';
import { runningSha256 } from '../../../../firmware/hal/hasher.ts';
import { openRecordingFiles } from '../../../../firmware/hal/recording-files.ts';
import { Shelves } from '../../../../runtime/capability/recordings/shelves.ts';

for (const [what, freeBytes, code] of [
	['a disk that fills up unforeseen', async () => Number.MAX_SAFE_INTEGER, 'disk-full'],
	['a disk that has to be left some room', undefined, 'box-full'],
] as const)
	test.serial(`${what} ends a recording with what is whole`, async (t) => {
		const folder = await mkdtemp(`${tmpdir()}/mullion-full-`);
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
		t.teardown(async () => {
			execFileSync('umount', [folder]);
			await rm(folder, { recursive: true, force: true });
		});
		const open = async () => {
			const files = await openRecordingFiles(`${folder}/recordings`);
			const shelves = new Shelves({
				files: freeBytes === undefined ? files : { ...files, freeBytes },
				clock: systemClock(),
				checksum: crc32,
				digest: runningSha256,
				mostBytes: Number.MAX_SAFE_INTEGER,
				leaveFreeBytes: 100_000,
				failed: (_, __, error) => t.fail(error.message),
			});
			const shelf = await shelves.of('recorder');
			shelf.limits = { maxBytes: Number.MAX_SAFE_INTEGER, maxRecordings: 9 };
			return shelf;
		};
		const programme = new Uint8Array(randomBytes(2_000_000));
		const shelf = await open();
		const recording = await shelf.begin('film', new Uint8Array());
		for (let at = 0; at < programme.length && !recording.isOver; at += 50_000) {
			shelf.append('film', at, programme.subarray(at, at + 50_000));
			await recording.flush();
		}

		const [again] = (await open()).list();
		for (const { end } of [recording, again ?? recording]) {
			const bytes = end?.bytes ?? 0;
			t.true(bytes >= 800_000 && bytes < 1_048_576, `${bytes}`);
			t.like(end, {
				code,
				sha256: createHash('sha256').update(programme.subarray(0, bytes)).digest('hex'),
			});
		}
	});
