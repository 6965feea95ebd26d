import test from 'ava';
import { requirePrograms } from './requirements.ts';

test('programs that are there are not asked for', async (t) => {
	await t.notThrowsAsync(requirePrograms({ sh: 'dash' }));
});

test('every missing program is named with the package to install', async (t) => {
	await t.throwsAsync(requirePrograms({ 'no-such-a': 'package-a', sh: 'dash', 'no-such-b': 'package-b' }), {
		code: 'missing-tool',
		message: /apt-get install package-a package-b$/,
	});
});
