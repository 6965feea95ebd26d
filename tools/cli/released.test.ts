import test from 'ava';
import { releaseTargets } from '../../firmware/slots/release-targets.ts';
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
	return {
		...desk,
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

test('of releases for several boards one has to be named', async (t) => {
	const { errorOf } = await startReleased(t, ['pc/1.0.0', 1], ['arm/1.0.0', 1]);

	t.like(await errorOf('1.0.0'), { code: 'usage' });
	t.like(await errorOf(), { code: 'usage' });
});

test('a box that does not look after its firmware is not asked to', async (t) => {
	const { errorOf } = await startReleased(t, ['pc/1.0.0', 1]);

	t.like(await errorOf(), { code: 'no-slots' });
	t.like(await errorOf('tuf:firmware/pc/1.0.0'), { code: 'no-slots' });
});
