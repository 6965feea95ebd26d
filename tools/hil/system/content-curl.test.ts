import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { startContentServer } from '../../headend/content.ts';
import { requirePrograms } from '../link/requirements.ts';

const run = promisify(execFile);
const body = Buffer.from(Array.from({ length: 30_000 }, (_, index) => index & 0xff));

test.before(() => requirePrograms({ curl: 'curl' }));

test('curl gets a range, and goes on where a download broke off', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'curl-'));
	t.teardown(() => rm(folder, { recursive: true }));
	await writeFile(join(folder, 'song.mp3'), body);
	await using server = await startContentServer({
		root: folder,
		networks: [{ id: 'wifi', host: '127.0.2.1' }],
	});
	const url = server.urlOf('wifi', 'song.mp3');
	const part = join(folder, 'part');
	const whole = join(folder, 'whole');

	await run('curl', ['--silent', '--fail', '--range', '1000-1999', '--output', part, url]);
	t.deepEqual(await readFile(part), body.subarray(1000, 2000));

	server.network('wifi').inject({ kind: 'short-body', afterBytes: 12_345 });
	// curl 18: a partial file.
	await t.throwsAsync(run('curl', ['--silent', '--fail', '--output', whole, url]), { code: 18 });
	t.is((await readFile(whole)).length, 12_345);
	await run('curl', ['--silent', '--fail', '--continue-at', '-', '--output', whole, url]);

	t.deepEqual(await readFile(whole), body);
	await server.idle();
	t.is(server.requests.at(-1)?.range, 'bytes=12345-');
});
