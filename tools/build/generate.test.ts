import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { generationSteps } from './generate.ts';

const repository = join(import.meta.dirname, '../..');

for (const { outDirectory, files } of generationSteps) {
	test(`what is committed in ${outDirectory} is what npm run generate writes`, async (t) => {
		for (const [name, text] of await files()) {
			const committed = await readFile(join(repository, outDirectory, name), 'utf8').catch(() => 'missing');
			t.is(committed, text, `${outDirectory}/${name} is stale: run npm run generate`);
		}
	});
}

test('no codec is left of a contract that is gone', async (t) => {
	for await (const path of glob('proto/host/{bus,cloud}/**/*.ts', { cwd: repository })) {
		const proto = path.replace('/host/', '/').replace(/\.ts$/, '.proto');
		await t.notThrowsAsync(readFile(join(repository, proto)), `${path} has no ${proto}: delete it`);
	}
});
