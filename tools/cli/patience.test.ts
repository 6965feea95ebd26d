import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startBroker } from '../headend/broker.ts';
import { serveRepositoryAt } from '../headend/served-repository.ts';
import { type PatienceOptions, withPatience } from './patience.ts';

/** A broker, and what is said while somebody waits for a box on it; nobody serves it. */
async function startWaiting(t: ExecutionContext) {
	const broker = await startBroker();
	t.teardown(() => broker.close());
	const told: string[] = [];
	const wait = <T>(options: Pick<PatienceOptions<T>, 'work'> & Partial<PatienceOptions<T>>) =>
		withPatience({
			broker: broker.url,
			what: 'clock 1.0.0',
			signal: new AbortController().signal,
			patienceMs: 50,
			lookMs: 200,
			...options,
			tell: (text) => {
				told.push(text);
				options.tell?.(text);
			},
		});
	return { broker: broker.url, told, wait };
}

test('a box that is quick is waited for without a word', async (t) => {
	const { told, wait } = await startWaiting(t);

	t.is(await wait({ work: async () => 'installed', patienceMs: 60_000 }), 'installed');
	t.deepEqual(told, []);
});

test('a box that nobody serves is given up, with what is missing, and the work for it with it', async (t) => {
	const { told, wait } = await startWaiting(t);
	let isEnded = false;
	const work = (signal: AbortSignal) =>
		new Promise<never>(() => signal.addEventListener('abort', () => (isEnded = true)));

	await t.throwsAsync(wait({ work }), { code: 'not-served', message: /clock 1\.0\.0.*npx mullion headend/ });

	t.regex(told.join(), /has not got clock 1\.0\.0 yet/);
	t.true(isEnded);
});

test('a box that is slow is waited for as long as its repository is served', async (t) => {
	const { broker, told, wait } = await startWaiting(t);
	const directory = await mkdtemp(join(tmpdir(), 'mullion-patience-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const served = await serveRepositoryAt({ broker, directory });
	t.teardown(() => served[Symbol.asyncDispose]());
	const { promise, resolve } = Promise.withResolvers<string>();

	const tell = (text: string): void => {
		if (text.startsWith('One does')) resolve('installed');
	};
	t.is(await wait({ work: () => promise, tell, lookMs: 10_000 }), 'installed');
	t.is(told.length, 2);
});

test('what the box answers meanwhile is what comes of it', async (t) => {
	const { wait } = await startWaiting(t);
	const { promise, reject } = Promise.withResolvers<never>();

	const waited = wait({ work: () => promise, tell: () => reject(new Error('bad signature')) });

	await t.throwsAsync(waited, { message: 'bad signature' });
});
