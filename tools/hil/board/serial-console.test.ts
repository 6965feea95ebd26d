import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { StreamConsole } from './serial-console.ts';

async function newLogFile(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-console-'));
	t.teardown(() => rm(folder, { recursive: true }));
	return join(folder, 'serial.log');
}

/** A line of which both ends are here. */
const newLine = () => ({ input: new PassThrough(), output: new PassThrough() });

test('the log is what was said, byte for byte, over all lives', async (t) => {
	const logFile = await newLogFile(t);
	const lives = fc.array(fc.array(fc.uint8Array({ maxLength: 40 })), { maxLength: 4 });
	await fc.assert(
		fc.asyncProperty(lives, async (all) => {
			await rm(logFile, { force: true });
			const console = new StreamConsole({ logFile });
			for (const life of all) {
				const line = newLine();
				const heardAll = console.attach(line);
				for (const bytes of life) line.input.write(bytes);
				line.input.end();
				await heardAll;
			}
			await console.copyLog(`${logFile} so far`);
			t.deepEqual(await readFile(`${logFile} so far`), Buffer.concat(all.flat()));
			await console[Symbol.asyncDispose]();

			t.deepEqual(await readFile(logFile), Buffer.concat(all.flat()));
		}),
		{ numRuns: 50 },
	);
});

test('a character that is cut in two is one character', async (t) => {
	await using console = new StreamConsole({ logFile: await newLogFile(t) });
	const line = newLine();
	void console.attach(line);
	const bytes = Buffer.from('21 °C');

	for (const byte of bytes) line.input.write(Uint8Array.of(byte));

	t.is((await console.expect('°C')).before, '21 ');
});

test('what is written goes to the life that is on, and to nobody when none is', async (t) => {
	await using console = new StreamConsole({ logFile: await newLogFile(t) });
	t.throws(() => console.write('x'), { code: 'board-off' });

	const line = newLine();
	const heardAll = console.attach(line);
	console.write('version\n');
	line.input.end();
	line.input.resume();
	await heardAll;

	t.is(String(line.output.read()), 'version\n');
	t.throws(() => console.write('x'), { code: 'board-off' });
});

test('a lost board tells its last words to who waits, and to who comes later', async (t) => {
	await using console = new StreamConsole({ logFile: await newLogFile(t) });
	const line = newLine();
	const heardAll = console.attach(line);
	const waiting = console.expect('never said');
	line.input.end('Kernel panic');
	await heardAll;

	console.lose('QEMU ended');

	await t.throwsAsync(waiting, { code: 'board-gone', message: 'QEMU ended; it last said:\nKernel panic' });
	await t.throwsAsync(console.expect('more'), { code: 'board-gone' });
});
