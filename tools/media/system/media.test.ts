import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { requirePrograms } from '../../hil/link/requirements.ts';
import { compareAudio } from '../compare.ts';
import { walkMpegAudio } from '../mpeg-audio.ts';

const run = promisify(execFile);
const sample = fileURLToPath(new URL('../sample.mp3', import.meta.url));

test.before(() => requirePrograms({ ffmpeg: 'ffmpeg', ffprobe: 'ffmpeg', lame: 'lame' }));

async function folder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'media-'));
	t.teardown(() => rm(path, { recursive: true }));
	return path;
}

async function packetsOf(file: string): Promise<number> {
	const args = ['-v', 'error', '-count_packets', '-select_streams', 'a:0', '-show_entries'];
	const { stdout } = await run('ffprobe', [...args, 'stream=nb_read_packets', '-of', 'json', file]);
	return Number(JSON.parse(stdout).streams[0].nb_read_packets);
}

async function framesOf(file: string): Promise<number> {
	return walkMpegAudio(await readFile(file)).frames.filter(({ isInfo }) => !isInfo).length;
}

test('the sample has as many frames as ffprobe finds packets', async (t) => {
	t.is(await framesOf(sample), await packetsOf(sample));
});

for (const { name, program, args } of [
	{ name: 'MPEG-1 layer III, constant rate', program: 'lame', args: ['-b', '128', '--resample', '44.1'] },
	{ name: 'MPEG-1 layer III, variable rate', program: 'lame', args: ['-V', '4', '--resample', '48'] },
	{
		name: 'MPEG-1 layer III with CRC and both ID3 tags',
		program: 'lame',
		args: ['-p', '--tt', 'T', '--add-id3v2'],
	},
	{ name: 'MPEG-2.5 layer III', program: 'lame', args: ['-b', '16', '--resample', '8'] },
	{ name: 'MPEG-1 layer II', program: 'ffmpeg', args: ['-c:a', 'mp2', '-ar', '48000', '-ac', '2'] },
	{ name: 'MPEG-2 layer II', program: 'ffmpeg', args: ['-c:a', 'mp2', '-ar', '22050', '-ac', '1'] },
]) {
	test(`a file of ${name} has as many frames as ffprobe finds packets`, async (t) => {
		const path = await folder(t);
		const speech = join(path, 'speech.wav');
		const file = join(path, program === 'lame' ? 'a.mp3' : 'a.mp2');
		await run('ffmpeg', ['-v', 'error', '-i', sample, '-t', '10', '-ac', '2', speech]);
		if (program === 'lame') await run('lame', ['--quiet', ...args, speech, file]);
		else await run('ffmpeg', ['-v', 'error', '-i', speech, ...args, file]);

		const frames = await framesOf(file);

		t.true(frames > 100);
		t.is(frames, await packetsOf(file));
	});
}

test('a copy without its tag sounds the same, and ffmpeg has nothing to say about it', async (t) => {
	const bare = join(await folder(t), 'bare.mp3');
	const bytes = await readFile(sample);
	const { tagBytes } = walkMpegAudio(bytes);
	await writeFile(bare, bytes.subarray(tagBytes));

	const result = await compareAudio(sample, bare);

	t.like(result, { isEqual: true, firstDifference: undefined });
	t.deepEqual(result.errors, [[], []]);
	t.true(result.samples[0] > 1_000_000);
});

test('one frame left out is heard, and told where', async (t) => {
	const cut = join(await folder(t), 'cut.mp3');
	const bytes = await readFile(sample);
	const { frames } = walkMpegAudio(bytes);
	const gone = frames[1000];
	if (gone === undefined) return t.fail();
	await writeFile(
		cut,
		Buffer.concat([bytes.subarray(0, gone.offset), bytes.subarray(gone.offset + gone.length)]),
	);

	const { isEqual, firstDifference, samples } = await compareAudio(sample, cut);

	t.false(isEqual);
	t.is(samples[0] - samples[1], 576);
	// A frame may sound into the one before it, and take bits from those before it, by a few frames.
	t.true(Math.abs((firstDifference ?? 0) / 576 - 1000) < 12, `${firstDifference}`);
});

test('what is no audio is a not-audio error', async (t) => {
	const noise = join(await folder(t), 'noise.mp3');
	await writeFile(noise, 'not a song');

	await t.throwsAsync(compareAudio(sample, noise), { code: 'not-audio' });
});
