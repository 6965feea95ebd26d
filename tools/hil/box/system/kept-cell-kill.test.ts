import test from 'ava';
import { killKeptCells } from '../../kept-cell-kill.ts';

const kills = Number(process.env['MULLION_KILLS'] ?? 1000);

test('kills at any moment lose nothing and double nothing of journalled VMs', async (t) => {
	// Nothing is heard of it for longer than a test may be silent.
	t.timeout(1_800_000);
	await killKeptCells(t, kills);
});
