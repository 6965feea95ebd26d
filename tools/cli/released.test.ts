import test from 'ava';
import { releaseTargets } from '../../firmware/slots/release-targets.ts';
import { Output } from './output.ts';
import { namedRelease } from './released.ts';
import { startDesk } from './trial-desk.ts';

const slotBytes = { boot: 100, root: 100 };
const images = { boot: Uint8Array.of(1), root: Uint8Array.of(2) };

/** A desk whose repository has these releases. */
async function startReleased(t: Parameters<typeof startDesk>[0], ...made: (readonly [string, number])[]) {
	const desk = await startDesk(t);
	for (const [name, release] of made) {
		const [board = '', version = ''] = name.split('/');
		const targets = releaseTargets({ board, version, release, slotBytes, images });
		for (const target of targets) await desk.repository.addTarget(target);
	}
	const sink = { write: () => undefined };
	const output = new Output({ out: sink, err: sink, isJson: true, hasColour: false });
	const { signal } = new AbortController();
	return {
		...desk,
		urlFor: async (board: string, ...args: string[]) =>
			(await namedRelease({ args, options: {}, output, cwd: desk.cwd, signal }))(board),
		errorOf: async (...argv: string[]) =>
			((await desk.type('upgrade', ...argv, '--json')).json() as { error: object }).error,
	};
}

test('a release that was never signed is not asked for: what there is is named', async (t) => {
	const { errorOf } = await startReleased(t, ['pc/1.0.0', 1], ['pc/1.1.0', 2]);

	t.like(await errorOf('2.0.0'), {
		code: 'unknown-release',
		message: 'the repository has no firmware 2.0.0; it has 1.1.0, 1.0.0',
	});
});

test('where nothing was signed yet it is said how to', async (t) => {
	const { errorOf } = await startReleased(t);
	const message = 'the repository has no firmware release; sign one with npx mullion release DIR';

	t.like(await errorOf(), { code: 'unknown-release', message });
	t.like(await errorOf('2.0.0'), { code: 'unknown-release', message });
});

test('a version is that of each board, and nothing the newest of each', async (t) => {
	const { urlFor } = await startReleased(t, ['pc/1.0.0', 1], ['arm/1.0.0', 2], ['pc/1.1.0', 3]);

	t.is(await urlFor('pc', '1.0.0'), 'tuf:firmware/pc/1.0.0');
	t.is(await urlFor('arm', '1.0.0'), 'tuf:firmware/arm/1.0.0');
	t.is(await urlFor('pc'), 'tuf:firmware/pc/1.1.0');
	t.is(await urlFor('arm'), 'tuf:firmware/arm/1.0.0');
});

test('a URL is that one, whatever the board', async (t) => {
	const { urlFor } = await startReleased(t, ['pc/1.0.0', 1], ['arm/1.0.0', 1]);

	t.is(await urlFor('arm', 'tuf:firmware/pc/1.0.0/'), 'tuf:firmware/pc/1.0.0');
});

test('a board that has no such release is told what there is for it', async (t) => {
	const { urlFor } = await startReleased(t, ['pc/1.0.0', 1], ['arm/1.1.0', 2]);
	const code = 'unknown-release';

	await t.throwsAsync(urlFor('arm', '1.0.0'), {
		code,
		message: 'the repository has no firmware 1.0.0 for arm; it has 1.1.0',
	});
	await t.throwsAsync(urlFor('\u001b[2Jtv'), {
		code,
		message: 'the repository has no firmware release for \\x1b[2Jtv; sign one with npx mullion release DIR',
	});
});

test('a box that does not look after its firmware is not asked to', async (t) => {
	const { errorOf } = await startReleased(t, ['pc/1.0.0', 1]);

	t.like(await errorOf(), { code: 'no-slots' });
	t.like(await errorOf('tuf:firmware/pc/1.0.0'), { code: 'no-slots' });
});
