import test from 'ava';
import { requirePrograms } from './required-programs.ts';

test('what is missing is named by its packages, each once; what is there is not', async (t) => {
	const programs = {
		sh: 'dash',
		'no-such-gcc': 'gcc-none',
		'no-such-cpp': 'gcc-none',
		'/no/such.h': 'libnone-dev',
	};

	await t.throwsAsync(requirePrograms(programs), {
		code: 'tool-missing',
		message: 'not installed: apt-get install gcc-none libnone-dev',
	});
	await t.notThrowsAsync(requirePrograms({ sh: 'dash', '/etc/passwd': 'base-passwd' }));
});
