/** The sample over and over again, cut to length: for sessions that go on for minutes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../link/command.ts';
import { requirePrograms } from '../link/requirements.ts';

const sample = fileURLToPath(new URL('../../media/sample.mp3', import.meta.url));

export interface LongMedia extends AsyncDisposable {
	readonly path: string;
}

export async function makeLongMedia(seconds: number): Promise<LongMedia> {
	await requirePrograms({ ffmpeg: 'ffmpeg' });
	const folder = await mkdtemp(join(tmpdir(), 'mullion-media-'));
	const path = join(folder, 'long.mp3');
	const input = ['-stream_loop', '-1', '-i', sample, '-t', `${seconds}`];
	await run('ffmpeg', ['-nostdin', '-v', 'error', ...input, '-c', 'copy', path]);
	return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
