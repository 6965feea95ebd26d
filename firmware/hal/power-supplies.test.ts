import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { powerSupplies } from './power-supplies.ts';

test('supplies are read as their drivers have them', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-power-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const put = async (supply: string, attributes: Readonly<Record<string, string>>): Promise<void> => {
		await mkdir(join(folder, supply), { recursive: true });
		for (const [name, text] of Object.entries(attributes)) await writeFile(join(folder, supply, name), text);
	};
	const supplies = powerSupplies(folder);
	t.deepEqual(await supplies.read(), { hasMains: undefined, battery: undefined });
	await put('ac', { type: 'Mains\n', online: '0\n' });
	await put('bat0', { type: 'Battery\n', capacity: '42\n', energy_now: '1000000\n', power_now: '2000000\n' });
	await put('odd', { type: 'x'.repeat(100_000), online: '7' });
	t.deepEqual(await supplies.read(), { hasMains: false, battery: { percent: 42, secondsLeft: 1800 } });
});

test('a board where nothing says anything of its power is read as such', async (t) => {
	t.deepEqual(await powerSupplies('/nowhere').read(), { hasMains: undefined, battery: undefined });
});
